#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# Root of a user namespace traces its own network namespace, by text, records,
# counters and netlink, and learns nothing of any other.  An ordinary user
# without one is refused everywhere.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"
# shellcheck source=selftests/lib/ynl.sh
. "$NT_DIR/lib/ynl.sh"

# packets outside have this address, which no packet inside may show
OUTSIDE=127.0.0.99

as_nobody()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# container: nobody's user namespace with a network namespace of its own, held
# open by process $BOX; in two steps, as container engines do it
container()
{
	mkfifo "$NT_TMP/box"
	as_nobody unshare --user --map-root-user unshare --net \
		sh -c 'ip link set lo up && echo $$; exec sleep 600' >"$NT_TMP/box" &
	disown $!
	IFS= read -rt 20 BOX <"$NT_TMP/box" || fail "no user namespace can be made"
	echo "$BOX" >>"$NT_TMP/pids"
}


# with -t PID: as root of that user namespace
enter=(nsenter --user --net --setuid 0 --setgid 0)

inode_of()
{
	stat -L -c %i "/proc/$1/ns/net"
}

# something goes on outside all the time
noise()
{
	ping -qi 0.05 $OUTSIDE >/dev/null &
	echo $! >>"$NT_TMP/pids"
	disown $!
	connections
	await "events outside" outside_seen
}

# of root's, outside
connections()
{
	printf 'listen %s 99\ndrain %s 99 3\n' $OUTSIDE $OUTSIDE | must "$NT_DIR/lib/peer"
}

outside_seen()
{
	grep -q "$OUTSIDE:99" /proc/net/nettrace/trace
}

t_proc()
{
	load
	container
	noise
	must "${enter[@]}" -t "$BOX" ping -qc 1 127.0.0.1
	"${enter[@]}" -t "$BOX" cat /proc/nettrace >"$NT_TMP/text" 2>"$NT_TMP/err" ||
		fail "its own text is refused: $(cat "$NT_TMP/err")"
	equal "its packets in the text" "$(grep -c '127.0.0.1 > 127.0.0.1' "$NT_TMP/text")" 4
	equal "lines in the text, header apart" "$(grep -vc '^#' "$NT_TMP/text")" 4
	"${enter[@]}" -t "$BOX" evdump >"$NT_TMP/events" 2>"$NT_TMP/err" ||
		fail "its own records are refused: $(cat "$NT_TMP/err")"
	equal "its records" "$(grep -c '^packet ' "$NT_TMP/events")" 4
	equal "all of its records" "$(sed -n 's/^total delivered=\([0-9]*\) .*/\1/p' "$NT_TMP/events")" 4
	"${enter[@]}" -t "$BOX" cat /proc/net/nettrace/stats >"$NT_TMP/stats" 2>"$NT_TMP/err" ||
		fail "its own counters are refused: $(cat "$NT_TMP/err")"
	equal "its namespace" "$(awk '$1 == "netns" { print $2 }' "$NT_TMP/stats")" "$(inode_of "$BOX")"
	equal "events it has seen" "$(awk '$1 == "seen" { print $2 }' "$NT_TMP/stats")" 4
	equal "what of the outside it has read" \
		"$(cat "$NT_TMP/text" "$NT_TMP/events" "$NT_TMP/stats" | grep -c "$OUTSIDE")" 0
}

t_netlink()
{
	load
	: >"$NT_TMP/heard"
	chmod 666 "$NT_TMP/heard"
	chmod 755 "$NT_TMP"
	container
	noise
	ynl a "" "${enter[@]}" -t "$BOX"
	tell a subscribe
	tell a call get
	equal "its namespace" "$(value netns)" "$(inode_of "$BOX")"
	equal "tracing" "$(value tracing)" true
	tell a call counters-get
	equal "events it has seen" "$(grep -o '"seen": [0-9]*' <<<"$REPLY" | awk '{ n += $2 } END { print n }')" 0
	tell a call sockets-get
	equal "sockets" "$REPLY" "{}"
	# what happens outside is not for it, what happens inside is
	connections
	printf 'listen 127.0.0.1 80\ndrain 127.0.0.1 80 1\n' |
		must "${enter[@]}" -t "$BOX" "$NT_DIR/lib/peer"
	await "its transitions" heard_some
	equal "transitions of the outside" "$(grep -c "$OUTSIDE" "$NT_TMP/heard")" 0
	equal "transitions of others at all" "$(grep -vc '127.0.0.1\|0.0.0.0' "$NT_TMP/heard")" 0
}

heard_some()
{
	tell a heard "$NT_TMP/heard"
	[ "${REPLY%% *}" -ge 8 ]
}

# it stops, starts and filters its own, and nothing else changes
t_control()
{
	local before

	load
	container
	noise
	ynl a "" "${enter[@]}" -t "$BOX"
	tell a open
	tell a call set "{\"filter\": \"$(bpf_nothing)\", \"filter-owned\": true}"
	must "${enter[@]}" -t "$BOX" ping -qc 1 127.0.0.1
	tell a account
	equal "delivered, filtered" "$REPLY" "0 4 0 no"
	equal "filters outside" "$(stat_of filter_len) $(stat_of filtered)" "0 0"
	tell a call stop
	refused a EALREADY "this namespace is not being traced" call stop
	before=$(stat_of seen)
	await "events outside" seen_more "$before"
	equal "tracing outside" "$(stat_of tracing)" 1
	tell a call start '{"ring": 64}'
	tell a call get
	equal "ring inside and outside" "$(value ring) $(stat_of ring)" "64 4096"
}

seen_more()
{
	[ "$(stat_of seen)" -gt "$1" ]
}

# in its user namespace, but in the network namespace of another
t_foreign()
{
	local f

	load
	must ping -qc 1 $OUTSIDE
	for f in trace events stats; do
		as_nobody unshare --user --map-root-user cat /proc/net/nettrace/$f >"$NT_TMP/out" 2>&1 &&
			fail "root of a mere user namespace may read $f"
	done
	ynl a "" setpriv --reuid=65534 --regid=65534 --clear-groups unshare --user --map-root-user
	for f in get start stop set counters-get sockets-get; do
		refused a EPERM "CAP_NET_ADMIN is needed" call $f
	done
	refused a EPERM "" subscribe
	# nor root itself, of a user namespace that does not own this network namespace
	ynl b "" unshare --user --map-root-user
	refused b EPERM "CAP_NET_ADMIN is needed" call stop
	equal "tracing" "$(stat_of tracing)" 1
}

t_nobody()
{
	local f

	load
	for f in trace events stats; do
		as_nobody cat /proc/net/nettrace/$f >"$NT_TMP/out" 2>&1 && fail "anybody may read $f"
		grep -q "Permission denied\|not permitted" "$NT_TMP/out" || fail "$f: $(cat "$NT_TMP/out")"
	done
	ynl a "" setpriv --reuid=65534 --regid=65534 --clear-groups
	for f in get start stop set counters-get sockets-get; do
		refused a EPERM "CAP_NET_ADMIN is needed" call $f
	done
	refused a EPERM "" subscribe
}

# a socket made inside and handed out, or the other way round: opener and sender
# must both have the right
t_socket_handed_over()
{
	load
	# root opens it, nobody writes
	python3 - "$SPEC" <<-'EOF2' >"$NT_TMP/out" 2>&1 || fail "$(cat "$NT_TMP/out")"
		import os, sys
		sys.argv = [sys.argv[0], sys.argv[1], "/dev/null"]
		sys.path.insert(0, os.environ["PATH"].split(":")[0])
		import ynl
		p = ynl.Program(sys.argv[1], "/dev/null")
		os.setresgid(65534, 65534, 65534)
		os.setresuid(65534, 65534, 65534)
		try:
		    p.call("stop")
		    sys.exit("nobody stopped it through root's socket")
		except ynl.NlError as e:
		    assert e.error == 1, e
	EOF2
	equal "tracing" "$(stat_of tracing)" 1
}

nt_main t_proc t_netlink t_control t_foreign t_nobody t_socket_handed_over
