#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# How long from a segment to nettrace follow's line about it: measured by
# lib/delay, which compares each line's time with the clock around the send().
#
# The machine may be emulated and busy, so the bounds are wide: they catch a line
# that is held back, not a slow machine.  What was measured on a quiet one is in
# docs/scale.md.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

COUNT=100
MEDIAN_MS=20
LOAD=${NT_DELAY_LOAD:-200} # segments a second, beside the lone ones
LOAD_MS=60

# measured WHAT RATE NETNS: lone segments from C to S, and what follow says
measured()
{
	delay "/run/netns/$C" "/run/netns/$S" "$SADDR" $PORT $COUNT "$2" -- \
		"$NETTRACE" follow -N "$3" >"$NT_TMP/delay" 2>"$NT_TMP/err" ||
		fail "$1: $(cat "$NT_TMP/err" "$NT_TMP/delay")"
	while read -r kind n _ median _ p99 _ max; do
		diag "$1: $n $kind: median $median ms, 99 % within $p99 ms, all within $max ms"
	done <"$NT_TMP/delay"
}

# within KIND MS: the median
within()
{
	awk -v kind="$1" -v most="$2" '$1 == kind { have = $4 }
		END { exit !(have != "" && have + 0 < most) }' "$NT_TMP/delay" ||
		fail "the median of $1 is over $2 ms: $(cat "$NT_TMP/delay")"
}

# one at a time: both ends are read, over a veth and over lo
t_lone()
{
	load
	"$1"
	measured "$1" 0 all
	within lone $MEDIAN_MS
}

# the receiver is not read: there is nothing to wait for
t_remote()
{
	load
	net_pair
	measured "one end" 0 $C
	within lone $MEDIAN_MS
}

t_load()
{
	load
	net_pair
	measured "beside $LOAD segments/s" "$LOAD" "$C,$S"
	within lone $LOAD_MS
	within lines $LOAD_MS
}

# 50 ms on their way: the line is there long before, the arrival has its own
t_slow_path()
{
	load
	net_pair
	must tc -n $C qdisc add dev eth0 root netem delay 50ms
	measured "50 ms to the other end" 0 "$C,$S"
	within lone $((MEDIAN_MS + 10))
	"$NETTRACE" follow -N "$C,$S" >"$NT_TMP/out" 2>"$NT_TMP/err" &
	echo $! >>"$NT_TMP/pids"
	await "follow to open" reading $!
	opened
	tell client send 5
	await "the line about its arrival" grep -Eq \
		"#[0-9.]+ $CADDR:$CPORT → $SADDR:$PORT arrived at $S/eth0 after (4[89]|5[0-9]|[6-9][0-9])" \
		"$NT_TMP/out"
}

# never delivered: that is said, once, and not before it is certain
t_lost()
{
	load
	net_pair
	"$NETTRACE" follow -N "$C,$S" >"$NT_TMP/out" 2>"$NT_TMP/err" &
	echo $! >>"$NT_TMP/pids"
	await "follow to open" reading $!
	opened # so that it is known who would get the packet
	drop_in $S tcp dport $PORT
	tell client send 5
	await "the packet to be dropped" was_dropped
	await "the line about it" grep -q "~not delivered within 20[0-9]" "$NT_TMP/out"
	grep -q "(5 B) .*\[ESTABLISHED → ?\]" "$NT_TMP/out" ||
		fail "no line of its own: $(cat "$NT_TMP/out")"
	# or its socket would keep the namespace as long as it sends in vain
	must in_ns "$S" nft flush ruleset
}

was_dropped()
{
	[ "$(dropped "$S")" -ge 1 ]
}

nt_main "t_lone net_pair" "t_lone net_lo" t_remote t_load t_slow_path t_lost
