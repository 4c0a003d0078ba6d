#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Transitions as netlink messages: who subscribes misses nothing that follows, hears of
# its own namespace alone, and neither it nor its end holds module or namespace.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"
# shellcheck source=selftests/lib/ynl.sh
. "$NT_DIR/lib/ynl.sh"

# nothing that follows a subscription is missed, though nobody listened before
t_joined_late()
{
	local i

	load
	ns_add nts-x
	peer server nts-x
	peer client nts-x
	tell server listen 127.0.0.1 80 100
	ynl a nts-x
	for i in 1 2 3 4 5 6; do
		# busy, so that the module looks and passes over what it finds
		tell client drain 127.0.0.1 80 3
		: >"$NT_TMP/heard"
		tell a subscribe
		tell client connect 127.0.0.1 80
		tell client port
		await "the first transition" heard_port "$REPLY"
		tell client close
	done
}

heard_port()
{
	tell a heard "$NT_TMP/heard"
	grep -q " lport=$1 .* new=ESTABLISHED\| new=ESTABLISHED .* lport=$1 " "$NT_TMP/heard"
}

t_wake()
{
	load
	ns_add nts-x
	ynl a nts-x
	tell a subscribe
	peer client nts-x
	tell client udp 127.0.0.1 9 10
	await "a wake-up that tells all" told_all
	equal "transitions" "${REPLY%% *}" 0
}

t_other_namespace()
{
	load
	ns_add nts-x nts-y
	ynl a nts-x
	ynl b nts-y
	tell a subscribe
	tell b subscribe
	printf 'listen 127.0.0.1 80\ndrain 127.0.0.1 80 2\n' | must in_ns nts-y "$NT_DIR/lib/peer"
	await "the transitions" heard_all b "$NT_TMP/b" 10
	tell a heard "$NT_TMP/a"
	equal "what another namespace's subscriber hears" "$REPLY" "0 0 0 0"
	tell a call stop
	equal "tracing there" "$(stat_of tracing nts-y)" 1
}

# netlink itself would dump a family's policies to anybody, and hold the module
# until they have been read: there are none to be had
t_nothing_holds_it()
{
	load
	python3 - <<-'EOF2' >"$NT_TMP/out" 2>&1 || fail "$(cat "$NT_TMP/out")"
		import os, socket, struct, subprocess
		NETLINK_GENERIC, CTRL_CMD_GETPOLICY, REQUEST_DUMP, ERROR, DONE, ENODATA = 16, 10, 0x301, 2, 3, 61
		def begin_dump():
		    s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
		    s.bind((0, 0))
		    s.send(struct.pack("IHHII4BHH12s", 36, 16, REQUEST_DUMP, 1, 0,
		                       CTRL_CMD_GETPOLICY, 1, 0, 0, 13, 2, b"nettrace"))
		    return s
		pid = os.fork()
		if not pid:
		    os.setresgid(65534, 65534, 65534)
		    os.setresuid(65534, 65534, 65534)
		    sockets = [begin_dump() for i in range(10)]
		    subprocess.run(["sleep", "600"])
		try:
		    reply = begin_dump().recv(65536)
		    kind, = struct.unpack_from("H", reply, 4)
		    error, = struct.unpack_from("i", reply, 16)
		    assert kind in (ERROR, DONE) and error == -ENODATA, reply
		    subprocess.run(["rmmod", "nettrace"], check=True)
		finally:
		    os.kill(pid, 9)
	EOF2
}

who_holds()
{
	printf '%s; %s namespaces have programs; %s\n' "$(stat_of memory)" \
		"$(find /proc/[0-9]*/ns/net -printf '%l\n' 2>/dev/null | sort -u | wc -l)" \
		"$(grep ^TCP: /proc/net/sockstat)"
}

# a namespace dies with a filter, a subscription made in it, and half a stop
t_namespace_dies()
{
	local i

	load
	# a socket without a program may keep the namespace of a test before for minutes
	until_true 300 traced 1 || fail "namespaces of earlier tests are left: $(who_holds)"
	for i in 1 2 3; do
		ns_add nts-x
		must ip link add nts1 type veth peer name eth0 netns nts-x
		ynl a nts-x
		tell a subscribe
		tell a call set "{\"filter\": \"$(bpf_nothing)\"}"
		printf 'listen 127.0.0.1 80\ndrain 127.0.0.1 80 2\n' | must in_ns nts-x "$NT_DIR/lib/peer"
		[ $i -ne 2 ] || tell a call stop
		must ip netns del nts-x
		leave a
		rm "$NT_TMP"/a.*
		await "the namespace to be destroyed" no_device nts1
	done
	until_true 60 traced 1 || fail "their memory is not given back: $(who_holds)"
}

no_device()
{
	[ ! -e "/sys/class/net/$1" ]
}

# what a CPU without a ring sees is told as lost: 3 echoes, each seen four times
t_cpu_without_ring()
{
	load_without_cpu1
	echo 1 >$CPU1
	must ip link set lo up
	ynl a ""
	BEFORE=$(stat_of unrecorded)
	tell a subscribe
	must taskset -c 1 ping -qc 3 -i 0.2 127.0.0.1
	at_least "not recorded" "$(stat_of unrecorded)" $((BEFORE + 12))
	# one that is recorded makes the module look
	must taskset -c 0 ping -qc 1 127.0.0.1
	await "the loss to be told" told_unrecorded
}

told_unrecorded()
{
	tell a heard /dev/null
	[ "$(cut -d ' ' -f 3 <<<"$REPLY")" -ge $(($(stat_of unrecorded) - BEFORE)) ]
}

nt_main t_cpu_without_ring t_joined_late t_wake t_other_namespace t_nothing_holds_it t_namespace_dies
