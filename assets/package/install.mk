# Accounts for Egnyte: both programs, menu entry, icons, man pages, completions.
#   make install           for everybody, into /usr/local (as root; PREFIX and DESTDIR as usual)
#   make install-user      for you alone, into ~/.local
#   make uninstall, make uninstall-user
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

uninstall-user:
	@$(MAKE) --no-print-directory uninstall PREFIX="$(USER_PREFIX)" DESTDIR=

.PHONY: help install install-user uninstall uninstall-user
