# Accounts for Egnyte: both programs, menu entry, icons, man pages, completions.
#   make install           for everybody, into /usr/local (as root; PREFIX and DESTDIR as usual)
#   make install-user      for you alone, into ~/.local
#   make uninstall         removes what install put there
#   make uninstall-user    also takes the local certificate and start at login away; SIGNOUT=yes signs out at Egnyte first
PREFIX ?= /usr/local
ENTRY  := share/applications/io.github.egnyte-accounts.desktop.desktop
# The shell reads the names of folders, since they may hold anything.
export PREFIX DESTDIR

help:
	@sed -n 's/^#   //p' Makefile

install:
	@mkdir -p "$$DESTDIR$$PREFIX"
	@cd usr/local && find . -type f | while read -r file; do install -D -m "$$(stat -c %a "$$file")" "$$file" "$$DESTDIR$$PREFIX/$$file"; done

# A desktop looks for programs along its own PATH, which may lack ~/.local/bin. The folder
# is quoted for the Exec key (Desktop Entry Specification), for a string, and for sed.
install-user:
	@PREFIX="$$HOME/.local" DESTDIR= $(MAKE) --no-print-directory install
	@bin=$$(printf '%s' "$$HOME/.local/bin" | sed 's/[\\"`$$]/\\&/g; s/%/%%/g; s/\\/\\\\/g; s/[\\&,]/\\&/g') && \
		sed -i "s,^Exec=\([^ ]*\),Exec=\"$$bin/\1\"," "$$HOME/.local/$(ENTRY)"

uninstall:
	@cd usr/local && find . -type f | while read -r file; do rm -f "$$DESTDIR$$PREFIX/$$file"; done

# Only the person can take away what is left in their home. Where the
# certificate can't be removed this stops, so that it can be tried again.
uninstall-user:
	@auth="$$HOME/.local/bin/egnyte-auth"; own="$${XDG_CONFIG_HOME:-$$HOME/.config}"; [ ! -x "$$auth" ] || { \
		if [ "$(SIGNOUT)" = yes ]; then "$$auth" signout --all; fi && \
		if [ -e "$$own/autostart" ]; then "$$auth" config set start_at_login false; fi && \
		if [ -e "$$own/egnyte-accounts/localhost" ]; then "$$auth" cert remove; fi; }
	@PREFIX="$$HOME/.local" DESTDIR= $(MAKE) --no-print-directory uninstall

.PHONY: help install install-user uninstall uninstall-user
