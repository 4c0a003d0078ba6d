#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# Where no namespace is traced, TCP pays nothing: the module's probes are attached
# by the first start and detached by the last stop, also when both happen at once
# and the module goes meanwhile.  The judge is a kprobe on the module's probe.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

# calls: how often TCP has called the module's probe
calls()
{
	awk '$1 == "nts_probe" { print $2 + $3 }' $TRACING/kprobe_profile
}

# watch_probe, forget_probe: before it the module is loaded, after it still
watch_probe()
{
	[ -e $TRACING/kprobe_events ] || must mount -t tracefs tracefs $TRACING
	[ ! -e $TRACING/events/kprobes/nts_probe ] || forget_probe
	echo 'p:nts_probe nt_probe_set_state' >$TRACING/kprobe_events || fail "no kprobe"
	echo 1 >$TRACING/events/kprobes/nts_probe/enable
}

forget_probe()
{
	[ ! -e $TRACING/events/kprobes/nts_probe ] || echo 0 >$TRACING/events/kprobes/nts_probe/enable
	echo '-:nts_probe' >>$TRACING/kprobe_events
}

# connections NETNS: opened and closed; CALLS is how often the probe was called
connections()
{
	local before peer

	before=$(calls)
	peer c$((++SERIAL)) "$1"
	peer=c$SERIAL
	tell $peer listen 127.0.0.1 $((PORT + SERIAL))
	tell $peer connect 127.0.0.1 $((PORT + SERIAL))
	leave $peer
	CALLS=$(($(calls) - before))
}
SERIAL=0

# expect_probe yes|no NETNS
expect_probe()
{
	connections "$2"
	if [ "$1" = yes ]; then
		at_least "calls of the probe" $CALLS 4
	else
		equal "calls of the probe" $CALLS 0
	fi
}

# own_ns: a name for the namespace that we are in
own_ns()
{
	echo nts-i >>"$NT_TMP/netns"
	must ip netns attach nts-i $$
}

transitions()
{
	in_ns "$1" cat /proc/net/nettrace/trace | grep -c 'SYN-SENT'
}

t_first_and_last()
{
	load_with trace=init
	own_ns
	ns_add nts-x nts-y
	watch_probe
	expect_probe yes nts-i
	must "$NETTRACE" stop
	expect_probe no nts-i
	expect_probe no nts-x
	must "$NETTRACE" -N nts-x start
	must "$NETTRACE" -N nts-y start
	expect_probe yes nts-x
	at_least "transitions recorded" "$(transitions nts-x)" 1
	must "$NETTRACE" -N nts-x stop
	# a probe is for all namespaces: one is still traced
	expect_probe yes nts-x
	must "$NETTRACE" -N nts-y stop
	expect_probe no nts-y
	must "$NETTRACE" start
	expect_probe yes nts-i
	forget_probe
}

# one that is traced is destroyed: as a stop
t_namespace_goes()
{
	load_with trace=none
	own_ns
	ns_add nts-x
	watch_probe
	expect_probe no nts-x
	must "$NETTRACE" -N nts-x start
	expect_probe yes nts-x
	must ip netns del nts-x
	await "the namespace to go" detached
	forget_probe
}

detached()
{
	connections nts-i
	[ "$CALLS" = 0 ]
}

# a start that fails leaves nothing attached
t_refused_start()
{
	load_with trace=none memory=1 ring=16
	own_ns
	watch_probe
	! "$NETTRACE" start --ring 65536 >"$NT_TMP/out" 2>&1 || fail "1 MiB was enough for a ring of 12"
	grep -q 'memory' "$NT_TMP/out" || fail "it says: $(cat "$NT_TMP/out")"
	expect_probe no nts-i
	forget_probe
}

# toggle NETNS: start and stop, over and over, until the module is gone
toggle()
{
	while loaded; do
		"$NETTRACE" -N "$1" start
		"$NETTRACE" -N "$1" stop
	done >/dev/null 2>&1
}

t_storm()
{
	local round ns pids

	unload
	ns_add nts-x nts-y nts-z
	ip netns exec nts-z nice -n 19 traffic 600 &
	echo $! >>"$NT_TMP/pids"
	disown $!
	for round in 1 2 3 4 5 6 7 8; do
		must insmod "$NETTRACE_KO" trace=none ring=64
		pids=()
		for ns in nts-x nts-y nts-z; do
			toggle $ns &
			pids+=($!)
			echo $! >>"$NT_TMP/pids"
		done
		pause 0.$((round + 1))
		must rmmod nettrace
		! loaded || fail "still loaded after rmmod"
		wait "${pids[@]}"
	done
	load_with trace=none
	must "$NETTRACE" -N nts-z start
	await "transitions" recorded nts-z
}

recorded()
{
	[ "$(transitions "$1")" -ge 2 ]
}

nt_main t_first_and_last t_namespace_goes t_refused_start t_storm
