#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Namespaces come and go while they are traced: none is kept alive, no reader
# hangs, nothing leaks.
#
# NT_STORM is how many do in t_churn (40; at most 100000).

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"
# shellcheck source=selftests/lib/kmem.sh
. "$(dirname "$0")/lib/kmem.sh"

ROUNDS=$(storm_size 40 100000) || exit 1

# a veth's other end goes when the namespace is really destroyed, not before
devices_left()
{
	ip -o link show | grep -c ': nts[0-9]*@'
}

no_devices()
{
	[ "$(devices_left)" -eq 0 ]
}

# round N: a namespace with ARP, IPv4, IPv6, TCP in it, a TIME-WAIT and a
# half-open socket left behind
round()
{
	must ip netns add nts-churn
	must ip link add "nts$1" type veth peer name eth0 netns nts-churn
	must ip netns exec nts-churn sh -c 'ip link set lo up; ip addr add 10.9.0.2/24 dev eth0
		ip link set eth0 up; printf "listen 127.0.0.1 80\ndrain 127.0.0.1 80 2\nstart 10.9.0.9 80\n" | peer >/dev/null'
	must ip netns del nts-churn
}

# busy NETNS
busy()
{
	[ "$(stat_of seen "$1")" -ge 100 ]
}

# while another namespace is busy
t_churn()
{
	local i before memory

	load
	ns_add nts-load
	ip netns exec nts-load nice -n 19 traffic 86400 &
	echo $! >>"$NT_TMP/pids"
	disown $!
	await "traffic" busy nts-load
	echo nts-churn >>"$NT_TMP/netns"
	round 0
	await "the first namespace to go" no_devices
	# the host's and that of the load; an orphan of an earlier one that nobody answers
	# keeps its namespace for some two minutes
	until_true 300 traced 2 ||
		fail "namespaces of earlier tests are left: $(stat_of memory) bytes in $(nets_alive) namespaces"
	before=$(nets_alive)
	memory=$(stat_of memory)
	for ((i = 1; i <= ROUNDS; i++)); do
		round $i
	done
	await "all $ROUNDS namespaces to be destroyed; $(devices_left) devices are left" no_devices
	await "struct net to be freed: $(nets_alive) where $before were before" nets_at_most "$before"
	# rings go after a grace period
	await "the module's memory to be $memory again; it is $(stat_of memory)" memory_nearly "$memory"
	diag "storm did: $ROUNDS namespaces made and destroyed, each with ARP, IPv4, IPv6, TCP, a TIME-WAIT and a half-open socket, while another saw $(stat_of seen nts-load) events"
	diag "storm did: struct net $before before, $(nets_alive) after; $memory bytes in the module before, $(stat_of memory) after"
	diag "storm lost: - (nothing is read here)"
}

# memory_nearly BYTES: the busy namespace may follow more mini sockets now; less than a
# ring of those that went
memory_nearly()
{
	[ "$(stat_of memory)" -lt $(($1 + $(stat_of ring) * $(stat_of stride))) ]
}

# a reader does not keep the namespace, and it is told the end
t_reader_left()
{
	local reader

	load
	ns_add nts-x
	must ip link add nts1 type veth peer name eth0 netns nts-x
	evdump -N nts-x -w 60 >"$NT_TMP/out" 2>"$NT_TMP/err" &
	reader=$!
	echo $reader >>"$NT_TMP/pids"
	await "the reader to open" reading $reader
	must in_ns nts-x ping -qc 1 127.0.0.1
	must ip netns del nts-x
	await "the namespace to be destroyed" no_devices
	await "the reader to end" gone $reader
	wait $reader || fail "the reader failed: $(cat "$NT_TMP/err")"
	equal "events before the end" "$(grep -c '^packet ' "$NT_TMP/out")" 4
	grep -q '^total .* end=yes$' "$NT_TMP/out" || fail "no end: $(tail -n 1 "$NT_TMP/out")"
}

# the same for the tool
t_follow_left()
{
	local reader

	load
	ns_add nts-x
	must ip link add nts1 type veth peer name eth0 netns nts-x
	"$NETTRACE" follow --json -N nts-x >"$NT_TMP/out" 2>"$NT_TMP/err" &
	reader=$!
	echo $reader >>"$NT_TMP/pids"
	await "follow to open" reading $reader
	must in_ns nts-x ping -qc 1 127.0.0.1
	must ip netns del nts-x
	await "the namespace to be destroyed" no_devices
	await "follow to end" gone $reader
	wait $reader || fail "follow failed: $(cat "$NT_TMP/err")"
	equal "words on stderr like 'error'" "$(grep -ci error "$NT_TMP/err")" 0
}

# while the text is being read
t_text_left()
{
	load
	ns_add nts-x
	must ip link add nts1 type veth peer name eth0 netns nts-x
	must in_ns nts-x ping -qc 5 -i 0.01 127.0.0.1
	# shellcheck disable=SC2016 # for the inner shell
	exec {text}< <(in_ns nts-x sh -c 'exec 3</proc/net/nettrace/trace; read -r line <&3; echo "$line"; cat <&3')
	read -rt 5 line <&"$text"
	[ "${line#\#}" != "$line" ] || fail "the text begins with '$line'"
	cat <&"$text" >/dev/null
	must ip netns del nts-x
	await "the namespace to be destroyed" no_devices
}

# many at once: no deadlock between setting up and tearing down
t_parallel()
{
	local i

	load
	for i in 1 2 3 4; do
		churn_some $i &
	done
	wait
	must ping -qc 1 127.0.0.1
}

# shellcheck disable=SC2317 # called in the background
churn_some()
{
	local i

	for i in 1 2 3 4 5 6 7 8; do
		ip netns add "nts-p$1" && ip -n "nts-p$1" link set lo up &&
			ip netns exec "nts-p$1" ping -qc 1 127.0.0.1 >/dev/null
		ip netns del "nts-p$1"
	done
}

nt_main t_churn t_reader_left t_follow_left t_text_left t_parallel
