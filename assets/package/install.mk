# Accounts for Egnyte: both programs, menu entry, icons, man pages, completions.
#   make install           for everybody, into /usr/local (as root; PREFIX and DESTDIR as usual)
#   make install-user      for you alone, into ~/.local
#   make uninstall         removes what install put there
#   make uninstall-user    also takes the local certificate and start at login away; SIGNOUT=yes signs out at Egnyte first
PREFIX ?= /usr/local
USER_PREFIX := $(HOME)/.local
ENTRY  := share/applications/io.github.egnyte-accounts.desktop.desktop

help:
	@sed -n 's/^#   //p' Makefile

install:
	@mkdir -p "$(DESTDIR)$(PREFIX)"
	@cd usr/local && find . -type f | while read -r file; do install -D -m "$$(stat -c %a "$$file")" "$$file" "$(DESTDIR)$(PREFIX)/$$file"; done

# A desktop looks for programs along its own PATH, which may lack ~/.local/bin.
install-user:
	@$(MAKE) --no-print-directory install PREFIX="$(USER_PREFIX)" DESTDIR=
	@sed -i 's,^Exec=,Exec=$(USER_PREFIX)/bin/,' "$(USER_PREFIX)/$(ENTRY)"

uninstall:
	@cd usr/local && find . -type f | while read -r file; do rm -f "$(DESTDIR)$(PREFIX)/$$file"; done

# Only the person can take away what is left in their home. Where the
# certificate can't be removed this stops, so that it can be tried again.
uninstall-user:
	@auth="$(USER_PREFIX)/bin/egnyte-auth"; own="$${XDG_CONFIG_HOME:-$$HOME/.config}"; [ ! -x "$$auth" ] || { \
		if [ "$(SIGNOUT)" = yes ]; then "$$auth" signout --all; fi && \
		if [ -e "$$own/autostart" ]; then "$$auth" config set start_at_login false; fi && \
		if [ -e "$$own/egnyte-accounts/localhost" ]; then "$$auth" cert remove; fi; }
	@$(MAKE) --no-print-directory uninstall PREFIX="$(USER_PREFIX)" DESTDIR=

.PHONY: help install install-user uninstall uninstall-user
