#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# guest.sh WORKLOAD... -- SYSTEM... - measure, inside the benchmark's VM
#
# For each workload all systems in this one boot, between a first and a last
# baseline ("none"), each in a network made anew.  Prints a line for each:
#
#   meta kernel=... kernel_compiler=...
#   row workload=... system=... seen=N lost=N unit=... units=N warm_up=N
#       packets=N work=N idle=N seconds=N
#   absent workload=... system=... reason=TEXT
#   failed workload=... system=... reason=TEXT
#
# Status 1 if one failed.

# The least of so many measurements counts
REPEAT=${REPEAT:-1}
BENCH=/nettrace/selftests/bench
MODULE=/nettrace/module/nettrace.ko
PATH=$PATH:$BENCH
TMP=$(mktemp -d)
PID=
bad=0

# shellcheck source=selftests/bench/systems.sh
. "$BENCH/systems.sh"

# fail TEXT: this measurement, not the others
fail()
{
	printf 'failed workload=%s system=%s reason=%s\n' "$WORKLOAD" "$system" "$*" >"$TMP/failed"
	exit 1
}

# ---- the network ------------------------------------------------------------

# plug DEV ADDR NETNS PEER PEERADDR: a cable from here to there; whom to send to
# is known, so that nobody asks for it in the middle of a measurement
plug()
{
	ip netns add "$3"
	ip -n "$3" link set lo up
	ip link add "$1" type veth peer name "$4" netns "$3"
	ip link set "$1" addrgenmode none
	ip -n "$3" link set "$4" addrgenmode none
	ip addr add "$2/24" dev "$1"
	ip -n "$3" addr add "$5/24" dev "$4"
	ip link set "$1" up
	ip -n "$3" link set "$4" up
	[ "$WORKLOAD" = arp ] || acquaint "$@"
}

# acquaint: as plug
acquaint()
{
	ip neigh replace "$5" dev "$1" nud permanent \
		lladdr "$(ip netns exec "$3" cat "/sys/class/net/$4/address")"
	ip -n "$3" neigh replace "$2" dev "$4" nud permanent \
		lladdr "$(cat "/sys/class/net/$1/address")"
	ip -n "$3" route add default via "$2"
}

set_up()
{
	set -e
	case $WORKLOAD in
	udp-lo | churn) DEV=lo ;;
	forward)
		DEV=left
		plug left 10.9.1.1 left eth0 10.9.1.2
		plug right 10.9.2.1 right eth0 10.9.2.2
		sysctl -qw net.ipv4.ip_forward=1
		;;
	*)
		DEV=near
		plug near 10.9.0.1 far far 10.9.0.2
		;;
	esac
	set +e
}

tear_down()
{
	local ns

	for ns in left right far; do
		[ ! -e /run/netns/$ns ] || ip netns del $ns
	done
	sysctl -qw net.ipv4.ip_forward=0
}

# ---- measuring --------------------------------------------------------------

count_of()
{
	case $1 in
	churn | tcp-bulk) echo 1500 ;;
	*) echo 10000 ;;
	esac
}

# saw_it: what says how much it saw did see the load, at least the measured half
saw_it()
{
	[ "$SEEN" != - ] || return 0
	case $system in
	conntrack* | bpftrace) [ "${SEEN:-0}" -gt 0 ] ;;
	*) [ $((${SEEN:-0} + ${LOST:-0})) -ge "$1" ] ;;
	esac
}

# not_told PACKETS: bpftrace does not tell of all that it loses, and when it is
# ended not of what it still holds; but each segment met tcp_probe, so at least
# the difference did not reach its output
not_told()
{
	case $system/$WORKLOAD in
	bpftrace/tcp-*) [ $((SEEN + LOST)) -ge "$1" ] || LOST=$(($1 - SEEN)) ;;
	esac
}

# measure_one: in a subshell
measure_one()
{
	local result packets

	trap '[ -z "$PID" ] || kill -KILL "$PID" 2>/dev/null' EXIT
	"start_$name" || fail "it could not be started"
	result=$(load "$WORKLOAD" "$(count_of "$WORKLOAD")" 2>"$TMP/load") || fail "$(cat "$TMP/load")"
	"stop_$name"
	packets=${result#*packets=}
	not_told "${packets%% *}"
	saw_it "${packets%% *}" || fail "of ${packets%% *} packets it saw '$SEEN' and lost '$LOST': $(tail -n 3 "$TMP/err")"
	[ -n "$LOST" ] || fail "it does not say what it lost: $(tail -n 3 "$TMP/err")"
	printf 'row workload=%s system=%s seen=%s lost=%s %s\n' "$WORKLOAD" "$system" "$SEEN" "$LOST" "$result"
}

# measure: $system under $WORKLOAD
measure()
{
	local name=${system//-/_} reason="" i

	if [ "$(type -t "cannot_$name")" = function ]; then
		reason=$("cannot_$name" "$WORKLOAD")
	fi
	if [ -n "$reason" ]; then
		printf 'absent workload=%s system=%s reason=%s\n' "$WORKLOAD" "$system" "$reason"
		return
	fi
	for ((i = 0; i < REPEAT; i++)); do
		rm -f "$TMP/failed" "$TMP/out" "$TMP/err"
		set_up
		(measure_one) || failed
		tear_down
	done
}

# failed: say why
failed()
{
	bad=1
	cat "$TMP/failed" 2>/dev/null ||
		printf 'failed workload=%s system=%s reason=it could not be measured\n' "$WORKLOAD" "$system"
	clean_up
}

# clean_up: after a failure, so that the others are measured alone
clean_up()
{
	nft flush ruleset
	rmmod nettrace noop 2>/dev/null
}

workloads=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
	workloads+=("$1")
	shift
done
shift
printf 'meta kernel=%s kernel_compiler=%s\n' "$(uname -r)" \
	"$(sed -n 's/.*(\(gcc[^ ]*\) ([^)]*) \([0-9.]*\).*/\1 \2/p' /proc/version)"
for WORKLOAD in "${workloads[@]}"; do
	for system in none "$@" none; do
		measure
	done
done
exit $bad
