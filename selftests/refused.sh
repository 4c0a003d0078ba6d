#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: --append module.sig_enforce=1
#
# A kernel that takes signed modules only: the tools say so, and what to do.  The
# judge is insmod.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

t_secure_boot()
{
	[ "$(cat /sys/module/module/parameters/sig_enforce)" = Y ] ||
		skip "needs a kernel started with module.sig_enforce=1"
	if insmod "$NETTRACE_KO" 2>"$NT_TMP/err"; then
		fail "this kernel takes an unsigned module"
	fi
	grep -qE "Key was rejected|Required key not available" "$NT_TMP/err" ||
		fail "insmod says: $(cat "$NT_TMP/err")"
	"$NETTRACE" list >"$NT_TMP/out" 2>"$NT_TMP/said" && fail "list succeeds without the module"
	grep -q "signed modules only.*README.md tells how to sign it" "$NT_TMP/said" ||
		fail "list says: $(cat "$NT_TMP/said")"
}

nt_main t_secure_boot
