# SPDX-License-Identifier: GPL-2.0-only
#
# make            the module for the running kernel (or KDIR=...), and the tools
# make demo       a real connection traced in a test VM, set-up included
# make check      every test, set-up included
# make help       the other targets

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
DEMO_KERNEL ?= 6.1
TOOLS := nettrace nettraced

.DEFAULT_GOAL := all

all: tools
	@if [ -e "$(KDIR)/Makefile" ]; then \
		$(MAKE) --no-print-directory module; \
	else \
		scripts/no-headers "$(KDIR)"; \
	fi

# build/bin/ receives the programs
tools:
	$(MAKE) -C userspace

module:
	@[ -e "$(KDIR)/Makefile" ] || { scripts/no-headers "$(KDIR)"; exit 1; }
	$(MAKE) -C "$(KDIR)" M="$(CURDIR)" modules

demo:
	@scripts/setup --what demo
	@$(MAKE) -s -C userspace >&2
	@scripts/demo $(DEMO_KERNEL)

check:
	@scripts/setup --what check
	@scripts/check $(CHECK_ARGS)

lint:
	@scripts/setup --what check
	@scripts/lint

bench:
	@[ -e selftests/bench/Makefile ] || { \
		echo "make bench: error: selftests/bench has no Makefile; the benchmarks arrive in a later version (a single load: selftests/bench/load.c)" >&2; \
		exit 1; }
	@scripts/setup --what demo
	$(MAKE) -C selftests/bench

install: tools
	@set -e; for tool in $(TOOLS); do \
		[ ! -e "build/bin/$$tool" ] || \
			install -v -D -m 755 "build/bin/$$tool" "$(DESTDIR)$(PREFIX)/bin/$$tool"; \
	done
	@set -e; for page in userspace/man/*.[1-8]; do \
		[ ! -e "$$page" ] || \
			install -v -D -m 644 "$$page" \
				"$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}"; \
	done

modules_install: module
	$(MAKE) -C "$(KDIR)" M="$(CURDIR)" modules_install

# what was built from this tree; downloads stay
clean:
	@[ ! -e userspace/Makefile ] || $(MAKE) -C userspace clean
	@[ ! -e selftests/Makefile ] || $(MAKE) -C selftests clean
	rm -rf build/bin build/check build/lint build/kernels/*/module-build \
		build/kernels/*/nettrace.ko build/kernels/*/.built
	find module \( -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' \
		-o -name '.*.cmd' -o -name modules.order \) -delete
	rm -f Module.symvers modules.order .*.cmd .module-common.o

# everything that is not part of the sources
distclean: clean
	rm -rf build

help:
	@echo 'make                  the module for the running kernel, and the tools'
	@echo '                      (KDIR=DIR: for the kernel with that build folder)'
	@echo 'make tools            the tools only, into build/bin/'
	@echo 'make module           the module only, module/nettrace.ko'
	@echo 'make demo             a real connection traced in a test VM; does all set-up'
	@echo 'make check            every test; does all set-up'
	@echo 'make lint             style and static checks (part of make check)'
	@echo 'make bench            what tracing costs, in instructions'
	@echo 'make install          the tools, into $$(DESTDIR)$$(PREFIX), PREFIX=$(PREFIX)'
	@echo 'make modules_install  the module, where the running kernel finds it'
	@echo 'make clean            remove what was built; distclean: also what was downloaded'

.PHONY: all tools module demo check lint bench install modules_install clean distclean help
