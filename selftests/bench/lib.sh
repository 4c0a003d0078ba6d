# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What run and short share.  Sourced after scripts/lib.sh.

BENCH=$TOP/selftests/bench
RAW=$BUILD/bench

# bench_prepare SERIES: what a benchmark's machine needs
bench_prepare()
{
	"$TOP/scripts/kernel" "$1"
	make -s --no-print-directory -C "$TOP/userspace" >&2
	make -s --no-print-directory -C "$BENCH" programs >&2
	"$TOP/scripts/build-module" "$1"
	"$TOP/scripts/build-module" --source "$BENCH/noop" --name noop --into "$RAW/noop-$1" "$1"
}

# bench_vm SERIES GUEST-ARGUMENT...
bench_vm()
{
	local series=$1 set=(--mem 1024)

	shift
	# twice what is unpacked, and as much again to work with
	case " $* " in
	*" dumpcap "* | *" bpftrace "*) set=(--set bench --mem 2048) ;;
	esac
	"$TOP/scripts/vm" --bench --kernel "$series" --timeout 3600 "${set[@]}" \
		--file "$RAW/noop-$series/noop.ko:/nettrace/selftests/bench/noop.ko" \
		-- /nettrace/selftests/bench/guest.sh "$@"
}

# bench_stop: machines in the background do not hear Ctrl-C
bench_stop()
{
	local pids

	pids=$(jobs -p)
	# shellcheck disable=SC2086 # a list of numbers
	[ -z "$pids" ] || kill $pids 2>/dev/null || :
	wait
}

# report FORM AWK-OPTION...: stdin has the lines of guest.sh
report()
{
	local form=$1

	shift
	awk -v "form=$form" -v "compiler=gcc $(gcc -dumpfullversion)" "$@" \
		-f "$TOP/selftests/lib/group.awk" -f "$BENCH/page.awk" -f "$BENCH/report.awk"
}
