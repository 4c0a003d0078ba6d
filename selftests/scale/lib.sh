# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What run and short share.  Sourced after scripts/lib.sh.

SCALE=$TOP/selftests/scale
RAW=$BUILD/scale

# The kernel's own table of connections is as large as on a server that expects a
# million of them.  With fewer places its chains grow, and each look-up with them,
# the kernel's own as that of the module.
PLACES=thash_entries=4194304

# of_logs WANT LOG...: what tables.awk makes of them
of_logs()
{
	LC_ALL=C awk -v "want=$1" -f "$TOP/selftests/lib/group.awk" -f "$SCALE/tables.awk" "${@:2}"
}

# scale_prepare SERIES: what the machines need
scale_prepare()
{
	"$TOP/scripts/kernel" "$1"
	make -s --no-print-directory -C "$TOP/userspace" >&2
	make -s --no-print-directory -C "$SCALE" programs >&2
	"$TOP/scripts/build-module" "$1"
	mkdir -p "$RAW"
}

# scale_vm SERIES MB GUEST-ARGUMENT...: instructions are counted
scale_vm()
{
	local series=$1 mb=$2

	shift 2
	"$TOP/scripts/vm" --bench --kernel "$series" --timeout 14400 --mem "$mb" --append "$PLACES" \
		-- env "TURNS=${TURNS:-5000}" "CHURN=${CHURN:-1500}" /nettrace/selftests/scale/guest.sh "$@"
}

# memory_for CONNECTIONS: MB for so many, both ends (8 KB each), and the machine
memory_for()
{
	printf '%s' $((1200 + $1 * 9 / 1000))
}
