#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Loading and unloading: what is there, what is gone, what is refused.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

# the module's own symbols and memory, in the kernel's own lists
traces_of_it()
{
	grep -c '\[nettrace\]' /proc/kallsyms
}

t_load()
{
	load
	grep -q '^nettrace ' /proc/modules || fail "not in /proc/modules"
	[ -L /proc/nettrace ] || fail "/proc/nettrace is no symbolic link"
	equal "where /proc/nettrace leads" "$(readlink /proc/nettrace)" self/net/nettrace/trace
	must head -n 1 /proc/nettrace
	equal "tracing at once" "$(stat_of tracing)" 1
	equal "a ring for each CPU" "$(grep -c '^cpu[0-9]* ' /proc/net/nettrace/stats)" "$(nproc --all)"
	at_least "symbols" "$(traces_of_it)" 10
}

t_unload()
{
	load
	unload
	equal "symbols left" "$(traces_of_it)" 0
	[ ! -L /proc/nettrace ] || fail "/proc/nettrace is still there"
	[ ! -e /proc/net/nettrace ] || fail "/proc/net/nettrace is still there"
	equal "memory left" "$(grep -c nettrace /proc/vmallocinfo)" 0
	! grep -q nettrace /proc/slabinfo || fail "a slab cache is left"
	# hooks that still led into it would oops at the next packet
	must ping -qc 2 -i 0.01 127.0.0.1
}

t_idle_ends()
{
	load
	must ping -qc 2 -i 0.01 127.0.0.1
	at_least "sightings of four packets at two hooks" "$(stat_of seen)" 8
	unload
}

t_modinfo()
{
	local p

	for p in trace hooks ring memory payload; do
		modinfo -F parm "$NETTRACE_KO" | grep -q "^$p:..*" ||
			fail "modinfo does not explain the parameter $p"
	done
	equal "licence" "$(modinfo -F license "$NETTRACE_KO")" GPL
	at_least "words of description" "$(modinfo -F description "$NETTRACE_KO" | wc -w)" 3
}

t_bad_parameter()
{
	unload
	dmesg -C
	! insmod "$NETTRACE_KO" "$1" 2>"$NT_TMP/err" || fail "insmod took $1"
	! loaded || fail "loaded in spite of $1"
	dmesg | grep -q "nettrace: .*${1%%=*}" ||
		fail "the kernel log does not name ${1%%=*}: $(dmesg)"
	equal "memory left" "$(grep -c nettrace /proc/vmallocinfo)" 0
}

t_twice()
{
	load
	! insmod "$NETTRACE_KO" 2>"$NT_TMP/err" || fail "a second insmod worked"
	grep -q exists "$NT_TMP/err" || fail "the refusal says: $(cat "$NT_TMP/err")"
	must head -n 1 /proc/nettrace
}

# sightings [NETNS]: 0 where nothing counts them
sightings()
{
	local n

	n=$(stat_of seen "${1:-}")
	echo "${n:-0}"
}

# t_trace_which PARAMETER FIRST OTHER: which namespaces it traces, 1 or 0
t_trace_which()
{
	ns_add nts-x
	load_with "trace=$1"
	ns_add nts-y
	for ns in '' nts-x nts-y; do
		must in_ns "$ns" ping -qc 1 127.0.0.1
	done
	equal "the first namespace traced" "$(stat_of tracing)" "$2"
	equal "its sightings" "$(sightings)" $(($2 * 4))
	for ns in nts-x nts-y; do
		equal "$ns traced" "$(stat_of tracing $ns)" "$3"
		equal "its sightings" "$(sightings $ns)" $(($3 * 4))
	done
}

# more namespaces than the cap has room for: the others are named, and counted
t_memory_cap()
{
	local i refused=0

	load_with ring=4096 memory=8
	dmesg -C
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		ns_add "nts-$i"
	done
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		[ "$(stat_of tracing "nts-$i")" = 1 ] || refused=$((refused + 1))
	done
	at_least "namespaces refused" $refused 1
	at_least "memory within 8 MiB" 8388608 "$(stat_of memory)"
	dmesg | grep -q 'nettrace: .*memory' || fail "the kernel log does not tell: $(dmesg)"
}

# a processor that comes when there is no room for its ring: what it sees is counted as
# lost, for the readers, too
t_cpu_without_ring()
{
	local reader

	load_without_cpu1
	evdump -w $((10 * SLOW)) >"$NT_TMP/lines" &
	reader=$!
	await "it to read" is_read
	echo 1 >$CPU1
	must ip link set lo up
	must taskset -c 1 ping -qc 3 -i 0.2 127.0.0.1
	must taskset -c 0 ping -qc 1 127.0.0.1
	at_least "not recorded" "$(stat_of unrecorded)" 12
	wait $reader || fail "evdump"
	equal "lost, for its reader" "$(sed -n 's/^total .* lost=\([0-9]*\) .*/\1/p' "$NT_TMP/lines")" \
		"$(stat_of unrecorded)"
	equal "of that CPU" "$(sed -n 's/^gap .* cpu=\([0-9]*\) .*/\1/p' "$NT_TMP/lines" | sort -u)" 1
	grep -q "^cpu1 seen=" /proc/net/nettrace/stats || fail "that CPU has no line"
}

is_read()
{
	[ "$(stat_of readers)" = 1 ]
}

t_again()
{
	local i

	for i in 1 2 3 4 5 6 7 8 9 10; do
		load
		[ -e /proc/nettrace ] || fail "no /proc/nettrace in round $i"
	done
	unload
}

# as if it had been built for another kernel
t_other_kernel()
{
	unload
	sed 's/\(vermagic=[^ ]*\) SMP/\1 UP0/' "$NETTRACE_KO" >"$NT_TMP/other.ko"
	cmp -s "$NETTRACE_KO" "$NT_TMP/other.ko" && fail "the module names no kernel"
	if insmod "$NT_TMP/other.ko" 2>"$NT_TMP/err"; then
		rmmod nettrace
		fail "this kernel takes a module of another one"
	fi
	grep -q "Invalid module format" "$NT_TMP/err" ||
		fail "insmod says: $(cat "$NT_TMP/err")"
}

nt_main t_load t_unload t_idle_ends t_modinfo \
	"t_bad_parameter trace=everything" "t_bad_parameter hooks=sideways" \
	"t_bad_parameter ring=0" "t_bad_parameter ring=4000000000" "t_bad_parameter payload=100000" \
	t_twice t_other_kernel "t_trace_which all 1 1" "t_trace_which init 1 0" \
	"t_trace_which none 0 0" t_memory_cap t_cpu_without_ring t_again
