#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# nettrace -N all: one picture over every network namespace, those that come and
# go included.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"
# shellcheck source=selftests/lib/kmem.sh
. "$(dirname "$0")/lib/kmem.sh"

ROUNDS=60

# ---- what the kernel and others say -----------------------------------------

# the inodes of all namespaces, as lsns and `ip netns` have them
inodes()
{
	{
		lsns -rnt net -o NS
		ip netns list | while read -r name _; do
			stat -Lc %i "/run/netns/$name"
		done
	} | sort -un
}

# the inode that PROCESS is in
inode_of()
{
	stat -Lc %i "/proc/$1/ns/net"
}

# nts0, nts1, …: the other ends of veths, gone when their namespace really is
no_devices()
{
	! ip -o link show | grep -q ': nts[0-9]*@'
}

# ---- programs ---------------------------------------------------------------

# watch COMMAND...: `nettrace COMMAND -N all` in the background; READER is its PID
watch()
{
	"$NETTRACE" "$@" -N all >"$NT_TMP/out" 2>"$NT_TMP/err" &
	READER=$!
	echo $READER >>"$NT_TMP/pids"
	await "nettrace $1 to open" reads "$READER" 1
}

# event files that PROCESS has open
events_of()
{
	find "/proc/$1/fd" -lname '*/net/nettrace/events' 2>/dev/null | wc -l
}

# reads PROCESS COUNT: at least so many namespaces
reads()
{
	[ "$(events_of "$1")" -ge "$2" ]
}

reads_just()
{
	[ "$(events_of "$1")" -eq "$2" ]
}

# interrupt: Ctrl-C ends the reader, and well
interrupt()
{
	kill -INT "$READER"
	await "nettrace to end after Ctrl-C" gone "$READER"
	wait "$READER" || fail "nettrace failed: $(cat "$NT_TMP/err")"
}

# container NAME: a process in a namespace that has no name; PID in CONTAINER
container()
{
	mkfifo "$NT_TMP/$1.in"
	unshare -n sh -c 'ip link set lo up; echo up >&2; read -r _' \
		<>"$NT_TMP/$1.in" 2>"$NT_TMP/$1.err" &
	CONTAINER=$!
	disown $CONTAINER
	echo $CONTAINER >>"$NT_TMP/pids"
	await "$1 to be up" grep -q up "$NT_TMP/$1.err"
}

stop_container()
{
	kill -KILL "$1"
	await "the container to die" gone "$1"
}

# ---- tests ------------------------------------------------------------------

# three namespaces with names, one conversation, seen at both ends and between
t_routed()
{
	load
	net_routed
	opened
	tell client send 5
	tell server recv 5
	tell client close
	tell server eof
	tell server close
	leave client
	leave server
	"$NETTRACE" timeline --json -N all >"$NT_TMP/json" || fail "timeline -N all failed"
	JSON=$NT_TMP/json
	says 1 type=conversation proto=tcp
	says 1 type=conversation proto=tcp client.netns=$C server.netns=$S
	says 1 type=segment flags=SYN
	says 1 type=segment flags=SYN sightings.0.netns=$C sightings.1.netns=$R sightings.2.netns=$S
	says 1 type=transition end=client to=ESTABLISHED basis=observed
	says 1 type=transition end=server to=ESTABLISHED basis=observed
	says 0 type=transition basis=inferred
	# and the same for people, drawn once
	"$NETTRACE" timeline -N all -w 80 --ascii >"$NT_TMP/picture" || fail "timeline failed"
	equal "pictures" "$(grep -c '^#[0-9]* TCP' "$NT_TMP/picture")" 1
	grep -q "netns $C " "$NT_TMP/picture" || fail "the client's namespace is not named"
	grep -q "netns $S " "$NT_TMP/picture" || fail "the server's namespace is not named"
}

# every namespace that there is, and no other, each under its name
t_set()
{
	local want

	load
	ns_add nts-a nts-b
	container box
	must ip netns exec nts-a ping -qc 1 127.0.0.1
	must ip netns exec nts-b ping -qc 1 127.0.0.1
	must nsenter -t "$CONTAINER" -n ping -qc 1 127.0.0.1
	must ping -qc 1 127.0.0.1
	watch follow
	want=$(inodes)
	await "all of them to be read" reads_just "$READER" "$(wc -l <<<"$want")"
	interrupt
	"$NETTRACE" timeline --json -N all >"$NT_TMP/json" 2>"$NT_TMP/err" ||
		fail "timeline -N all: $(cat "$NT_TMP/err")"
	equal "words on stderr" "$(cat "$NT_TMP/err")" ""
	# each has sent an echo request to itself; the names lead back to inodes
	ntq -p sightings.0.netns type=icmp proto=icmp <"$NT_TMP/json" >"$NT_TMP/names"
	equal "namespaces with events" "$(sort -u "$NT_TMP/names" |
		while read -r name; do
			case $name in
			netns:*) echo "${name#netns:}" ;;
			*) stat -Lc %i "/run/netns/$name" ;;
			esac
		done | sort -un)" "$want"
	stop_container "$CONTAINER"
}

# born while it is watched: from its first event on, whatever it was made by
t_born()
{
	local name

	load
	watch follow --json
	ns_add nts-a
	must ip netns exec nts-a ping -qc 1 127.0.0.1
	await "the events of nts-a" grep -q '"netns":"nts-a"' "$NT_TMP/out"
	container box
	name=netns:$(inode_of "$CONTAINER")
	must nsenter -t "$CONTAINER" -n ping -qc 2 -i 0.1 127.0.0.1
	await "the container's events" enough_of "$name" 4
	interrupt
	# two requests and their replies, neither more nor fewer
	equal "the container's packets" "$(grep -c "\"type\":\"icmp\".*\"$name\"" "$NT_TMP/out")" 4
	equal "gaps" "$(grep -c '"type":"gap"' "$NT_TMP/out")" 0
	stop_container "$CONTAINER"
}

enough_of()
{
	[ "$(grep -c "\"type\":\"icmp\".*\"$1\"" "$NT_TMP/out")" -ge "$2" ]
}

# it gets a name while it is read
t_named_later()
{
	load
	watch follow --json
	container box
	await "the container to be read" reads_just "$READER" "$(inodes | wc -l)"
	echo nts-late >>"$NT_TMP/netns"
	must ip netns attach nts-late "$CONTAINER"
	must nsenter -t "$CONTAINER" -n ping -qc 1 127.0.0.1
	await "events under its name" grep -q '"netns":"nts-late"' "$NT_TMP/out"
	interrupt
	stop_container "$CONTAINER"
}

# it dies with a connection open: its last events are told, and it goes
t_dying()
{
	local before

	load
	net_pair
	must ip link add nts1 type veth peer name eth1 netns $S
	watch follow --json
	before=$(events_of "$READER")
	opened
	tell client send 5
	slay server
	# `ip netns` lets it go, and nothing else may hold it
	must ip netns del $S
	await "the server's namespace to be destroyed" no_devices
	await "its file to be closed" reads_just "$READER" $((before - 1))
	await "what killing the server did" grep -q '"call":"exit"' "$NT_TMP/out"
	# the others are read on
	must ip netns exec $C ping -qc 1 127.0.0.1
	await "more of the client's namespace" grep -q "\"type\":\"icmp\".*\"netns\":\"$C\"" "$NT_TMP/out"
	interrupt
}

# stats_seen NETNS: what the module has seen there by the object of it, and by itself
stats_seen()
{
	equal "objects of $1" "$(ntq -c type=stats netns="$1" <"$NT_TMP/json")" 1
	equal "seen in $1" "$(ntq -p module.seen type=stats netns="$1" <"$NT_TMP/json")" "$(stat_of seen "$1")"
}

# the counters of each, beside what a reader finds in its rings
t_stats()
{
	load
	ns_add nts-a nts-b
	must ip netns exec nts-a ping -qc 1 127.0.0.1
	must ip netns exec nts-b ping -qc 2 127.0.0.1
	"$NETTRACE" stats -N all --json >"$NT_TMP/json" 2>"$NT_TMP/err" || fail "stats -N all: $(cat "$NT_TMP/err")"
	stats_seen nts-a
	stats_seen nts-b
	equal "namespaces" "$(ntq -c type=stats <"$NT_TMP/json")" 3
	at_least "read in nts-b" "$(ntq -p reader.delivered netns=nts-b <"$NT_TMP/json")" 8
	must ip netns exec nts-a "$NETTRACE" stop
	"$NETTRACE" stats -N all >"$NT_TMP/out" 2>"$NT_TMP/err" || fail "one that is stopped: $(cat "$NT_TMP/err")"
	grep -q '1 network namespace is not traced: left out' "$NT_TMP/err" || fail "it is not said: $(cat "$NT_TMP/err")"
	! grep -q nts-a "$NT_TMP/out" || fail "nts-a is shown: $(cat "$NT_TMP/out")"
	grep -q '^netns nts-b$' "$NT_TMP/out" || fail "nts-b is not shown: $(cat "$NT_TMP/out")"
}

# a namespace that is not traced: said once, counted, no failure; none: a failure
t_untraced()
{
	load_with trace=init
	ns_add nts-a nts-b
	"$NETTRACE" list -N all >"$NT_TMP/out" 2>"$NT_TMP/err" || [ $? -eq 3 ] ||
		fail "list -N all: $(cat "$NT_TMP/err")"
	equal "sentences" "$(grep -c 'network namespaces cannot be read' "$NT_TMP/err")" 1
	grep -q '^nettrace: 2 of 3 network namespaces cannot be read; the first: .*not traced' \
		"$NT_TMP/err" || fail "not that: $(cat "$NT_TMP/err")"
	LC_ALL=C.UTF-8 LANGUAGE=zh_CN "$NETTRACE" list -N all >"$NT_TMP/out" 2>"$NT_TMP/err" || :
	grep -q '^nettrace: 3 个网络命名空间中有 2 个不能读取' "$NT_TMP/err" ||
		fail "not in Chinese: $(cat "$NT_TMP/err")"
	load_with trace=none
	! "$NETTRACE" list -N all >"$NT_TMP/out" 2>"$NT_TMP/err" || fail "nothing is traced"
	grep -q 'not traced' "$NT_TMP/err" || fail "not that: $(cat "$NT_TMP/err")"
}

# the module goes: so does the reader, without having failed
t_unload()
{
	load
	ns_add nts-a
	watch follow
	must rmmod nettrace
	await "follow to end" gone "$READER"
	wait "$READER" || fail "follow failed: $(cat "$NT_TMP/err")"
	equal "words on stderr" "$(cat "$NT_TMP/err")" ""
}

# epoller FILE: watches it, and leaves the queue of what it watches only when told
epoller()
{
	mkfifo "$NT_TMP/ep.in"
	python3 -c '
import errno, os, select, sys
fd = os.open(sys.argv[1], os.O_RDONLY | os.O_NONBLOCK)
ep = select.epoll()
ep.register(fd, select.EPOLLIN)
try:
    while os.read(fd, 1 << 20):
        pass
except BlockingIOError:
    pass
print("ready", ep.poll(0), flush=True)
sys.stdin.readline()
print("woken", len(ep.poll(10)), flush=True)
try:
    print("ends", not os.read(fd, 1 << 20), flush=True)
except OSError as e:
    print("ends", e.errno == errno.EIO, flush=True)
ep.unregister(fd)
ep.close()
os.close(fd)
' "$1" <>"$NT_TMP/ep.in" >"$NT_TMP/ep.out" 2>"$NT_TMP/ep.err" &
	EPOLLER=$!
	echo $EPOLLER >>"$NT_TMP/pids"
	await "epoll to watch: $(cat "$NT_TMP/ep.err")" grep -q ready "$NT_TMP/ep.out"
}

epoller_ends()
{
	echo >"$NT_TMP/ep.in"
	await "epoll's process to end" gone "$EPOLLER"
	wait "$EPOLLER" || fail "it failed: $(cat "$NT_TMP/ep.err")"
	# /proc says of a file whose entry is gone that it can be read, and EIO then
	grep -q "woken 1" "$NT_TMP/ep.out" || fail "not woken: $(cat "$NT_TMP/ep.out")"
	grep -q "ends True" "$NT_TMP/ep.out" || fail "no end: $(cat "$NT_TMP/ep.out")"
}

# what is watched goes before its watcher: the queue is not touched any more
t_epoll_dying()
{
	load
	container box
	must ip link add nts1 type veth peer name eth0 netns "$CONTAINER"
	epoller "/proc/$CONTAINER/net/nettrace/events"
	stop_container "$CONTAINER"
	await "the namespace to be destroyed" no_devices
	epoller_ends
}

t_epoll_unload()
{
	load
	epoller /proc/net/nettrace/events
	must rmmod nettrace
	epoller_ends
}

# round N: named or not, with traffic
round()
{
	must ip netns add nts-churn
	must ip link add "nts$1" type veth peer name eth0 netns nts-churn
	must ip netns exec nts-churn sh -c 'ip link set lo up
		printf "listen 127.0.0.1 80\nstart 127.0.0.1 80\n" | peer >/dev/null'
	must ip netns del nts-churn
}

# many come and go while all are read: no descriptor is left, none is kept alive
t_churn()
{
	local i before files nets

	load
	echo nts-churn >>"$NT_TMP/netns"
	round 0
	await "the first namespace to go" no_devices
	watch follow
	before=$(events_of "$READER")
	files=$(find "/proc/$READER/fd" -type l | wc -l)
	nets=$(nets_alive)
	for ((i = 1; i <= ROUNDS; i++)); do
		round $i
	done
	await "all $ROUNDS namespaces to be destroyed" no_devices
	await "their files to be closed" reads_just "$READER" "$before"
	equal "descriptors" "$(find "/proc/$READER/fd" -type l | wc -l)" "$files"
	await "struct net to be freed: $(nets_alive) where $nets were before" nets_at_most "$nets"
	# it was at work: most of them it has met
	at_least "conversations in them" "$(grep -c 'SYN-SENT (connect' "$NT_TMP/out")" $((ROUNDS / 2))
	diag "of $ROUNDS namespaces with a connection $(grep -c 'SYN-SENT (connect' "$NT_TMP/out") were met"
	interrupt
}

nt_main t_routed t_set t_born t_named_later t_dying t_stats t_untraced t_unload t_epoll_dying t_epoll_unload t_churn
