# SPDX-License-Identifier: GPL-2.0-only
#
# make            the module for the running kernel (or KDIR=...), and the tools
# make demo       a real connection traced in a test VM, set-up included
# make check      every test, set-up included
# make help       the other targets

KDIR ?= /lib/modules/$(shell uname -r)/build
DEMO_KERNEL ?= 6.1
VERSION := $(shell sed -n 's/^\#define NT_VERSION "\(.*\)"$$/\1/p' module/core/version.h)
DKMS_DIR = $(DESTDIR)/usr/src/nettrace-$(VERSION)

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

# one lab in the VM: NAME=handshake, KERNEL=6.1, ARGS="--ascii"; without NAME the list
lab:
	@scripts/setup --what demo
	@$(MAKE) -s -C userspace >&2
	@scripts/lab $(if $(KERNEL),--kernel $(KERNEL)) $(NAME) $(ARGS)

# the VM with the module loaded, to type in
shell:
	@scripts/setup --what demo
	@$(MAKE) -s -C userspace >&2
	@scripts/lab $(if $(KERNEL),--kernel $(KERNEL)) --shell

check:
	@scripts/setup --what check
	@scripts/check $(CHECK_ARGS)

check-debug:
	@scripts/setup --what debug
	@scripts/check-debug $(CHECK_ARGS)

check-labs:
	@scripts/setup --what check
	@scripts/check-labs $(CHECK_ARGS)

check-storms:
	@scripts/setup --what check
	@scripts/check-storms $(CHECK_ARGS)

check-kernels:
	@scripts/setup --what check
	@scripts/check-kernels $(CHECK_ARGS)

check-arch:
	@scripts/setup --what arch
	@scripts/check-arch $(CHECK_ARGS)

agreement:
	@scripts/setup --what check
	@scripts/agreement $(AGREEMENT_ARGS)

lint:
	@scripts/setup --what check
	@scripts/lint

# of the unit tests and the fuzz targets' seeds, by gcov
coverage:
	@scripts/setup --what check
	@scripts/coverage $(COVERAGE_ARGS)

# libFuzzer on parser, file readers and tracker, TIME seconds each
TIME ?= 60
fuzz:
	@scripts/setup --what fuzz
	@$(MAKE) -s --no-print-directory -C selftests/fuzz fuzz SECONDS=$(TIME)

bench:
	@scripts/setup --what demo
	@$(MAKE) -s --no-print-directory -C selftests/bench

profile:
	@scripts/setup --what demo
	@selftests/bench/profile

# an hour, and 11 GB of memory: PART and SIZES (selftests/scale/run) make it less
scale:
	@scripts/setup --what check
	@$(MAKE) -s --no-print-directory -C selftests/scale

# tools, manual pages, completion, unit, headers: userspace/install.mk lists them
install uninstall:
	$(MAKE) -C userspace $@

# the kernel's own key is not among the headers: then there is nothing to sign
# with (nettrace(4) tells how to sign with a key of one's own)
modules_install: module
	$(MAKE) -C "$(KDIR)" M="$(CURDIR)" modules_install \
		$(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=)
	@[ -n "$(INSTALL_MOD_PATH)" ] || \
		depmod -a "$$($(MAKE) -s --no-print-directory -C "$(KDIR)" kernelrelease)"

# the module's sources to where DKMS looks for them; DKMS builds them for this
# kernel and for those to come
dkms_install:
	@rm -rf "$(DKMS_DIR)"
	@set -e; for file in dkms.conf Kbuild LICENSE $$(find module -name '*.[ch]' ! -name '*.mod.c' -o -name Kbuild); do \
		install -D -m 644 "$$file" "$(DKMS_DIR)/$$file"; \
	done
	@[ -n "$(DESTDIR)" ] || scripts/dkms-register install $(VERSION)

dkms_uninstall:
	@[ -n "$(DESTDIR)" ] || scripts/dkms-register remove $(VERSION)
	rm -rf "$(DKMS_DIR)"

# what was built from this tree; downloads stay
clean:
	@[ ! -e userspace/Makefile ] || $(MAKE) -C userspace clean
	@[ ! -e selftests/Makefile ] || $(MAKE) -C selftests clean
	rm -rf build/bin build/check build/coverage build/lint build/kernels/*/module-build \
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
	@echo 'make lab NAME=handshake   a lab in the VM; without NAME their list. ARGS="--step"'
	@echo 'make shell            the VM with everything loaded, to type in'
	@echo 'make check            every test; does all set-up'
	@echo 'make check-debug      the tests inside the VM again, and the storms, on a kernel that'
	@echo '                      looks for mistakes (KASAN, lockdep, kmemleak, …), built first'
	@echo 'make check-labs       every lab on three kernels; its result in docs/lab-results.md'
	@echo 'make check-storms     floods, malformed packets, hostile callers, … by the million'
	@echo '                      (hours; CHECK_ARGS="--small", or names), and their table'
	@echo 'make check-kernels    every test inside the VM on 5.10, 6.1, 6.12 and the newest kernel'
	@echo '                      (hours; CHECK_ARGS="--kernel 5.10 drops.sh"), and their table'
	@echo 'make check-arch       unit tests for arm64 and s390x, in QEMU; the module built for'
	@echo '                      them, and by clang (CHECK_ARGS=--boot: a whole s390x machine)'
	@echo 'make agreement        5,000 connections through a bad network on each kernel:'
	@echo '                      what is inferred against what is observed'
	@echo 'make lint             style and static checks (part of make check)'
	@echo 'make coverage         lines and branches that the tests on this machine run; fails if'
	@echo '                      a line of module/core does not (docs/coverage.md)'
	@echo 'make fuzz             libFuzzer on all that reads bytes of others, TIME=60 s each'
	@echo 'make bench            what tracing costs, in instructions'
	@echo 'make profile          where the module takes them, by function'
	@echo 'make scale            how that grows with connections, conversations and CPUs (an hour,'
	@echo '                      11 GB of memory; PART="module" SIZES="1000 10000": less)'
	@echo 'make install          tools, manual pages, completion into $$(DESTDIR)$$(PREFIX)'
	@echo '                      (/usr/local); make uninstall takes them away again'
	@echo 'make modules_install  the module, where the running kernel finds it'
	@echo 'make dkms_install     the module for this kernel and for those to come, by DKMS;'
	@echo '                      make dkms_uninstall takes it away again'
	@echo 'make clean            remove what was built; distclean: also what was downloaded'

.PHONY: all tools module demo lab shell check check-debug check-labs check-storms check-kernels check-arch \
	agreement lint coverage fuzz bench profile scale install uninstall \
	modules_install dkms_install dkms_uninstall clean distclean help
