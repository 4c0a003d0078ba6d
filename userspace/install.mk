# SPDX-License-Identifier: GPL-2.0-only
#
# install, uninstall: the one list of what goes where.  Included by Makefile,
# which sets TOP and B.
#
#	DESTDIR		put in front of every path (packages)
#	PREFIX		/usr/local
#
# The folders can be named one by one too.  The module is not in this list:
# modules_install and dkms_install of the top-level Makefile are its way.

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share/nettrace
# where the program looks for it: beside the folder that it is in
LOCALEDIR ?= $(patsubst %/,%,$(dir $(BINDIR)))/share/locale
INCLUDEDIR ?= $(PREFIX)/include/nettrace
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
UNITDIR ?= $(PREFIX)/lib/systemd/system

U := $(TOP)/userspace
UAPI := $(TOP)/module/uapi

# LANGUAGE/PAGE of the manual pages in other languages
MAN_TRANSLATED := $(patsubst $(U)/man/%,%,$(wildcard $(U)/man/*/*.[1-8]))

# mode|file|where to
INSTALL_LIST := \
	755|$(B)/bin/nettrace|$(BINDIR)/nettrace \
	755|$(B)/bin/nettraced|$(SBINDIR)/nettraced \
	644|$(U)/man/nettrace.1|$(MANDIR)/man1/nettrace.1 \
	644|$(U)/man/nettrace.4|$(MANDIR)/man4/nettrace.4 \
	644|$(U)/man/nettraced.8|$(MANDIR)/man8/nettraced.8 \
	$(foreach p,$(MAN_TRANSLATED),644|$(U)/man/$(p)|$(MANDIR)/$(dir $(p))man$(subst .,,$(suffix $(p)))/$(notdir $(p))) \
	644|$(U)/completion/nettrace|$(COMPLETIONDIR)/nettrace \
	644|$(U)/completion/nettraced|$(COMPLETIONDIR)/nettraced \
	644|$(B)/install/nettraced.service|$(UNITDIR)/nettraced.service \
	$(foreach c,$(CATALOGUES),644|$(BUILD)/share/locale/$(c)|$(LOCALEDIR)/$(c)) \
	644|$(U)/schema/nettrace.schema.json|$(DATADIR)/nettrace.schema.json \
	644|$(UAPI)/nettrace.yaml|$(DATADIR)/nettrace.yaml \
	644|$(UAPI)/nettrace.h|$(INCLUDEDIR)/nettrace.h \
	644|$(UAPI)/nettrace_netlink.h|$(INCLUDEDIR)/nettrace_netlink.h \
	$(foreach f,$(notdir $(wildcard $(U)/labs/*.lab)),644|$(U)/labs/$(f)|$(DATADIR)/labs/$(f)) \
	$(foreach f,$(notdir $(wildcard $(U)/labs/programs/*)),644|$(U)/labs/programs/$(f)|$(DATADIR)/labs/programs/$(f))

# folders that are nettrace's own
INSTALL_DIRS := $(DATADIR)/labs/programs $(DATADIR)/labs $(DATADIR) $(INCLUDEDIR)

# the unit names the program by its path
$(B)/install/nettraced.service: $(U)/nettraced.service FORCE
	@mkdir -p $(@D)
	@sed 's,^ExecStart=/usr/local/sbin/,ExecStart=$(SBINDIR)/,' $< > $@

install: all $(B)/install/nettraced.service
	@set -e; for entry in $(foreach e,$(INSTALL_LIST),'$(e)'); do \
		mode=$${entry%%|*}; entry=$${entry#*|}; \
		install -v -D -m $$mode "$${entry%%|*}" "$(DESTDIR)$${entry#*|}"; \
	done

uninstall:
	@for entry in $(foreach e,$(INSTALL_LIST),'$(e)'); do \
		rm -fv "$(DESTDIR)$${entry##*|}"; \
	done
	@for dir in $(foreach d,$(INSTALL_DIRS),'$(DESTDIR)$(d)'); do \
		[ ! -d "$$dir" ] || rmdir -v "$$dir"; \
	done

.PHONY: install uninstall
