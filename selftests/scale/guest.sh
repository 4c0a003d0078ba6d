#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# guest.sh PART ARGUMENT... - measure, inside the VM
#
#   module SYSTEMS SIZE...  what a packet and a connection cost beside SIZE others,
#                           and the module's memory; SYSTEMS: a comma between them
#   timewaits SIZE...       the same beside SIZE sockets in TIME-WAIT, and their memory
#   daemon MIB SIZE...      nettraced with SIZE conversations
#   files SIZE...           captures of SIZE conversations, read by list and replay
#   cpus N SECONDS          contended locks, with a load on each of N CPUs
#   delay MACHINE COUNT RATE...  from a segment to its line, of COUNT lone ones, and with
#                           RATE a second beside them
#
# Prints lines "row part=... NAME=VALUE..."; "meta kernel=..." before them.  Status 1
# if something failed, after a line "failed part=... reason=TEXT".

SCALE=/nettrace/selftests/scale
BENCH=/nettrace/selftests/bench
MODULE=/nettrace/module/nettrace.ko
TMP=$(mktemp -d)
PART=$1
WORKLOAD=churn # for the systems of the benchmarks
DEV=lo
PID=
PATH=$PATH:$SCALE:/nettrace/selftests/lib

# shellcheck source=selftests/bench/systems.sh
. "$BENCH/systems.sh"

fail()
{
	printf 'failed part=%s reason=%s\n' "$PART" "$*"
	exit 1
}

# must COMMAND...: or nothing that follows means anything
must()
{
	"$@" >"$TMP/must" 2>&1 || fail "$*: $(tail -n 3 "$TMP/must")"
}

row()
{
	printf 'row part=%s %s\n' "$PART" "$*"
}

# ---- the crowd --------------------------------------------------------------

# Nothing here is about limits of the machine: they are lifted
lift_limits()
{
	must sysctl -qw fs.nr_open=4194304 fs.file-max=8388608 net.core.somaxconn=4096 \
		net.ipv4.ip_local_port_range="1024 65535" net.ipv4.tcp_max_tw_buckets=1048576 \
		net.ipv4.tcp_max_syn_backlog=4096 net.ipv4.tcp_mem="1000000 2000000 4000000"
	ulimit -n 4194304 || fail "so many open files are refused"
}

waiting_sockets()
{
	awk '$1 == "TCP:" { for (i = 2; i < NF; i++) if ($i == "tw") print $(i + 1) }' /proc/net/sockstat
}

# all_over: TIME-WAIT takes a minute, which here costs nothing
all_over()
{
	local i

	for ((i = 0; i < 200; i++)); do
		[ "$(waiting_sockets)" != 0 ] || return 0
		sleep 1
	done
	fail "$(waiting_sockets) sockets are still in TIME-WAIT"
}

start_crowd()
{
	# of the crowd before
	all_over
	coproc CROWD { exec crowd 2>"$TMP/crowd"; }
	trap 'kill "$CROWD_PID" 2>/dev/null; wait' EXIT
}

# ask ORDER NUMBER: the crowd's answer, in ANSWER
ask()
{
	printf '%s\n' "$*" >&"${CROWD[1]}"
	IFS= read -r ANSWER <&"${CROWD[0]}" || fail "$*: $(cat "$TMP/crowd")"
}

meminfo()
{
	awk -v key="$1:" '$1 == key { print $2 * 1024 }' /proc/meminfo
}

# module_memory: by its own account, by the kernel's list of large areas, and what
# the machine's memory for each CPU grew by (a page at a time)
module_memory()
{
	printf 'own=%s areas=%s percpu=%s' "$(nettrace_stat memory)" \
		"$(awk '/\[nettrace\]/ { n += $2 } END { print n + 0 }' /proc/vmallocinfo)" \
		"$(($(meminfo Percpu) - percpu_before))"
}

# measured SYSTEM SIZE ORDER COUNT: SYSTEM has started
measured()
{
	ask "$3" "$4"
	row "order=$3 system=$1 size=$2 $ANSWER"
}

# beside SIZE: that many are there; all systems, between two baselines
beside()
{
	local size=$1 system name SEEN LOST percpu_before

	ask grow "$size"
	# so that the first is not the one that finds new sockets
	ask turns "$TURNS"
	for system in none ${SYSTEMS//,/ } none; do
		name=${system//-/_}
		percpu_before=$(meminfo Percpu)
		"start_$name"
		measured "$system" "$size" turns "$TURNS"
		measured "$system" "$size" churn "$CHURN"
		[ "$system" = none ] || row "order=memory system=$system size=$size $(module_memory)"
		"stop_$name"
		[ "${LOST:-0}" = 0 ] || fail "$system lost $LOST events beside $size connections"
	done
}

part_module()
{
	local size

	SYSTEMS=$1
	shift
	lift_limits
	start_crowd
	for size in "$@"; do
		beside "$size"
	done
	ask silence 1
}

# ---- TIME-WAIT --------------------------------------------------------------

# minis: the module's account, beside the kernel's own count
minis()
{
	printf 'waiting=%s ' "$(waiting_sockets)"
	printf 'mini_now=%s mini_followed=%s mini_unfollowed=%s mini_max=%s own=%s' \
		"$(nettrace_stat mini_now)" "$(nettrace_stat mini_followed)" \
		"$(nettrace_stat mini_unfollowed)" "$(nettrace_stat mini_max)" \
		"$(nettrace_stat memory)"
}

# among SYSTEM SIZE...: connections beside so many that are in TIME-WAIT
among()
{
	local system=$1 size had=0

	shift
	for size in "$@"; do
		[ "$size" -le "$had" ] || ask timewait $((size - had))
		[ "$system" = none ] || row "order=minis system=$system size=$size $(minis)"
		measured "$system" "$size" opening "$CHURN"
		had=$((size + CHURN + CHURN / 5))
	done
	all_over
	[ "$system" = none ] || row "order=minis system=$system size=after $(minis)"
}

part_timewaits()
{
	lift_limits
	start_crowd
	ask timewait 1000
	all_over
	among none "$@"
	# as it is loaded ordinarily: those beyond the bound are counted
	nettrace_load trace=init "minisocks=$BOUND"
	among bounded "$@"
	must rmmod nettrace
	# and with room for all of them
	nettrace_load trace=init minisocks=1048576
	among roomy "$@"
	must rmmod nettrace
	among none "$@"
}

# ---- the daemon -------------------------------------------------------------

daemon_stat()
{
	awk -v key="$1" '$1 == key { print $2 }' "$TMP/stats"
}

# pss_kb: of both of its processes
pss_kb()
{
	local pid sum=0 n

	for pid in "$PID" $(cat "/proc/$PID/task/$PID/children"); do
		n=$(awk '$1 == "Pss:" { print $2 }' "/proc/$pid/smaps_rollup")
		sum=$((sum + n))
	done
	printf '%s' "$sum"
}

# keep SYSTEM SIZE...: connections, until there have been so many; the last are measured
keep()
{
	local system=$1 size had=0 count=$((CHURN / 3)) more

	more=$((count + count / 5))
	shift
	for size in "$@"; do
		[ $((size - had - more)) -lt 1 ] || ask timewait $((size - had - more))
		# what comes of these would count as what an idle system costs
		all_over
		measured "$system" "$size" churn "$count"
		had=$size
		[ "$system" = nettraced ] || continue
		nettrace stats -d >"$TMP/stats" || fail "nettraced does not tell its counters"
		row "order=daemon system=$system size=$size pss_kb=$(pss_kb) $(awk '
			/^(store_bytes|store_limit|events_|conversations_)/ { printf "%s=%s ", $1, $2 }' "$TMP/stats")"
	done
}

part_daemon()
{
	local mib=$1

	shift
	lift_limits
	start_crowd
	ask timewait 1000
	keep none "$@"
	nettrace_load trace=init ring=65536
	keep nettrace "$@"
	must rmmod nettrace
	nettrace_load trace=init ring=65536
	program nettraced --group root --memory "$mib"
	await "nettraced to serve" test -S /run/nettraced/socket
	keep nettraced "$@"
	end_program
	must rmmod nettrace
}

# ---- files ------------------------------------------------------------------

# read_by WHAT SIZE AT-A-TIME COMMAND...
read_by()
{
	local what=$1 size=$2 at_a_time=$3

	shift 3
	counted "$@" >/dev/null 2>"$TMP/counted" || fail "$*: $(tail -n 3 "$TMP/counted")"
	row "order=file system=$what size=$size at_a_time=$at_a_time packets=$((size * 10)) $(
		grep '^instructions=' "$TMP/counted")"
}

# ten packets a conversation; a few at a time, or all of them at once
part_files()
{
	local size at_a_time file=$TMP/pcap

	for size in "$@"; do
		for at_a_time in 500 "$size"; do
			mkpcap $((size * 10)) "$at_a_time" 1 96 10 1 >"$file" || fail "no room for a capture"
			read_by list "$size" "$at_a_time" nettrace list -r "$file"
			[ "$size" -gt 10000 ] || read_by replay "$size" "$at_a_time" nettrace replay -w 80 "$file"
			rm -f "$file"
		done
	done
}

# ---- several CPUs -----------------------------------------------------------

TRACING=/sys/kernel/tracing
CONTENTION=$TRACING/events/lock/contention_begin

# contentions HIST: all that were counted, and of these the ones below the module; what
# found no place in the histogram is among "all" only
contentions()
{
	awk '
		/^{/ { stack = "" }
		{ stack = stack $0 }
		/hitcount:/ {
			n = $0
			sub(/.*hitcount: */, "", n)
			if (stack ~ /\[nettrace\]/)
				ours += n + 0
		}
		$1 == "Hits:" { all = $2 }
		$1 == "Dropped:" { all += $2; dropped = $2 }
		END { printf "contended=%d ours=%d dropped=%d", all, ours, dropped }' "$1"
}

# where HIST: the functions of the module in whose stacks it was, the innermost of each
where()
{
	awk '
		/^{/ { who = "" }
		/\[nettrace\]/ && !who {
			who = $1 == "{" ? $3 : $1
			sub(/\+.*/, "", who)
		}
		/hitcount:/ && who {
			n = $0
			sub(/.*hitcount: */, "", n)
			sum[who] += n + 0
		}
		END { for (who in sum) printf "%s:%d,", who, sum[who] }' "$1" | sed 's/,$//'
}

# load_on SYSTEM MODE CPUS SECONDS
load_on()
{
	local answer

	echo 'hist:keys=stacktrace:size=8192' >"$CONTENTION/trigger"
	answer=$(talk "$2" "$3" "$4" 2>"$TMP/talk") || fail "talk $2: $(cat "$TMP/talk")"
	cat "$CONTENTION/hist" >"$TMP/hist"
	echo '!hist:keys=stacktrace:size=8192' >"$CONTENTION/trigger"
	row "order=contention system=$1 mode=$2 cpus=$3 $answer $(contentions "$TMP/hist") where=$(where "$TMP/hist")"
}

part_cpus()
{
	local cpus=$1 seconds=$2 mode system

	[ -e "$CONTENTION" ] || fail "this kernel has no tracepoint lock:contention_begin"
	[ -e "$CONTENTION/hist" ] || fail "this kernel has no histograms of events"
	must sysctl -qw net.ipv4.tcp_max_tw_buckets=1048576
	for system in none nettrace none nettrace; do
		[ "$system" = none ] || nettrace_load trace=init
		for mode in turns churn socket file; do
			load_on "$system" "$mode" "$cpus" "$seconds"
		done
		[ "$system" = none ] || must rmmod nettrace
	done
}

# ---- from a segment to its line ---------------------------------------------

# late WHAT MACHINE COUNT RATE NETNS: by lib/delay; NETNS is what follow reads
late()
{
	delay /run/netns/near /run/netns/far 10.0.1.2 80 "$3" "$4" -- \
		nettrace follow -N "$5" >"$TMP/delay" 2>"$TMP/err" ||
		fail "$1: $(tail -n 3 "$TMP/err")"
	awk -v what="$1" -v machine="$2" -v rate="$4" '{
		printf "row part=delay order=delay what=%s machine=%s rate=%s kind=%s n=%s median=%s p99=%s max=%s\n",
			what, machine, rate, $1, $2, $4, $6, $8 }' "$TMP/delay"
}

part_delay()
{
	local machine=$1 count=$2 rate

	shift 2
	must ip netns add near
	must ip netns add far
	must ip -n near link add veth0 type veth peer name veth0 netns far
	must ip -n near addr add 10.0.1.1/24 dev veth0
	must ip -n far addr add 10.0.1.2/24 dev veth0
	must ip -n near link set veth0 up
	must ip -n far link set veth0 up
	nettrace_load
	late both "$machine" "$count" 0 near,far
	late all "$machine" "$count" 0 all
	late one "$machine" "$count" 0 near
	for rate in "$@"; do
		late both "$machine" "$count" "$rate" near,far
	done
	must tc -n near qdisc add dev veth0 root netem delay 50ms
	late path "$machine" "$count" 0 near,far
	must rmmod nettrace
}

# ---- main -------------------------------------------------------------------

# how many are measured
TURNS=${TURNS:-5000}
CHURN=${CHURN:-1500}
BOUND=${BOUND:-16384} # the module's own default
shift
printf 'meta part=%s kernel=%s memory_kb=%s\n' "$PART" "$(uname -r)" \
	"$(awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo)"
case $PART in
module | timewaits | daemon | files | cpus | delay) "part_$PART" "$@" ;;
*) fail "there is no part $PART" ;;
esac
