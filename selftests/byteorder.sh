#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# Addresses, ports and numbers of segments, in the module's text and in the tools'
# JSON, are those that others read: the kernel's own list of its sockets, ss, and
# the bytes of a capture.  On each machine, whatever the order of its bytes.
#
# With BYTES_OUT=FOLDER what was seen is left there, for scripts/check-arch, which
# reads it on a machine of the other byte order: a recording, a capture, and what
# was said of each here.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

# module_says NETNS: "LOCAL REMOTE STATE" after the last step of each socket; one that
# enters SYN-SENT has no port yet, and one that enters SYN-RECEIVED no peer (before 7.2)
module_says()
{
	in_ns "$1" cat /proc/net/nettrace/trace |
		sed -nE 's/^[0-9. ]+ state +([^ ]+) - ([^ ]+) .* -> ([^ ]+).*/\1 \2 \3/p' |
		awk '$1 " " $2 !~ /:0( |$)/ { last[$1 " " $2] = $0 } END { for (i in last) print last[i] }' | grep -v ' LISTEN$' | sort
}

# kernel_says NETNS: the same, from its list
kernel_says()
{
	in_ns "$1" python3 "$NT_DIR/lib/bytes.py" sockets "/proc/net/tcp$LIST" | sort
}

ss_says()
{
	in_ns "$1" ss -tnH "$FAMILY_OPTION" state established | awk '{ print $3, $4, "ESTABLISHED" }' | sort
}

set_family()
{
	FAMILY=$1 FAMILY_OPTION=-$1 LIST=
	[ "$1" = 4 ] || LIST=6
}

# t_ends 4|6
t_ends()
{
	local ns

	set_family "$1"
	load
	net_pair
	opened
	for ns in "$C" "$S"; do
		equal "what ss has in $ns" "$(ss_says "$ns")" "$(kernel_says "$ns")"
		equal "the module's sockets in $ns" "$(module_says "$ns")" "$(kernel_says "$ns")"
		equal "sockets in $ns" "$(module_says "$ns" | wc -l)" 1
	done
	observe "$C,$S"
	says 1 type=conversation proto=tcp "client.port=$CPORT" "server.port=$PORT" \
		client_state=ESTABLISHED server_state=ESTABLISHED
}

sniffing()
{
	grep -q 'listening on' "$NT_TMP/sniff.err"
}

recording()
{
	find "/proc/$1/fd" -lname '*/net/nettrace/events' 2>/dev/null | grep -q .
}

# watch: tcpdump and nettrace record, both of the client's namespace
watch()
{
	: >"$NT_TMP/sniff.err"
	ip netns exec "$C" tcpdump -Z root -i eth0 -n -U --immediate-mode -B 8192 -s 0 -w "$NT_TMP/pcap" tcp \
		>/dev/null 2>"$NT_TMP/sniff.err" &
	SNIFFER=$!
	echo $SNIFFER >>"$NT_TMP/pids"
	"$NETTRACE" record "$NT_TMP/ntr" -N "$C" 2>"$NT_TMP/record.err" &
	RECORDER=$!
	echo $RECORDER >>"$NT_TMP/pids"
	await "tcpdump to listen" sniffing
	await "the recorder to open" recording $RECORDER
}

captured()
{
	[ "$(python3 "$NT_DIR/lib/bytes.py" segments "$NT_TMP/pcap" | wc -l)" -ge "$1" ]
}

in_time_wait()
{
	[ -n "$(in_ns "$C" ss -tnH state time-wait)" ]
}

# exchange: all of a connection, each part of it seen to the end
exchange()
{
	opened
	tell client send 700
	tell server recv 700
	tell server send 300
	tell client recv 300
	tell client close
	tell server eof
	tell server close
	await "TIME-WAIT" in_time_wait
	observe "$C"
	await "tcpdump to have all of it" captured "$(said type=segment)"
	kill -INT "$SNIFFER" "$RECORDER"
	wait "$RECORDER" || fail "record ended with $?: $(cat "$NT_TMP/record.err")"
	await "tcpdump to end" gone "$SNIFFER"
}

# t_segments 4|6
t_segments()
{
	local have want

	set_family "$1"
	load
	net_pair
	watch
	exchange
	want=$(python3 "$NT_DIR/lib/bytes.py" segments "$NT_TMP/pcap" | sort)
	have=$(ntq -p dir,seq_abs,ack_abs,win,len,ttl,opts.mss,opts.wscale,opts.tsval,opts.tsecr \
		type=segment <"$JSON" | sed -e "s/^c>s/$CPORT/" -e "s/^s>c/$PORT/" | sort)
	at_least "segments" "$(wc -l <<<"$want")" 8
	equal "the segments" "$have" "$want"
	keep "$1"
}

# keep NAME: what was seen, and what is said of it on this machine
keep()
{
	[ -n "${BYTES_OUT:-}" ] || return 0
	mkdir -p "$BYTES_OUT"
	cp "$NT_TMP/ntr" "$BYTES_OUT/$1.ntr"
	cp "$NT_TMP/pcap" "$BYTES_OUT/$1.pcap"
	for file in ntr pcap; do
		must "$NETTRACE" list -r "$NT_TMP/$file"
		"$NETTRACE" list -r "$NT_TMP/$file" >"$BYTES_OUT/$1.$file.list"
		"$NETTRACE" timeline --json -r "$NT_TMP/$file" >"$BYTES_OUT/$1.$file.json"
	done
}

# on some processors the C library has one call for all that a socket can be told:
# what was meant is named all the same, as a cause and as a call; strace knows, too
t_calls()
{
	local call

	load_with calls=1
	ns_add nts-c
	cat >"$NT_TMP/one.py" <<-'EOF2'
		import socket
		l = socket.socket(); l.bind(("127.0.0.1", 8080)); l.listen(1)
		c = socket.socket(); c.connect(("127.0.0.1", 8080))
		a, _ = l.accept()
		c.send(b"12345")
		a.recv(5)
		c.shutdown(socket.SHUT_WR)
		a.recv(1)
		a.close(); c.close(); l.close()
	EOF2
	must ip netns exec nts-c strace -qq -e trace=network,close -o "$NT_TMP/strace" python3 "$NT_TMP/one.py"
	observe nts-c
	says 1 type=transition end=client to=SYN-SENT cause.call=connect
	says 1 type=transition end=client to=FIN-WAIT-1 cause.call=shutdown
	says 1 type=call end=client call=connect result=0 args.addr.port=8080
	says 1 type=call end=client call=sendto result=5 args.len=5
	# of the two sockets of the connection and the listener, by strace
	for call in connect bind listen sendto recvfrom shutdown; do
		equal "calls of $call" "$(said type=call "call=$call" conv=1)" \
			"$(strace_says "$call")"
	done
}

# strace_says CALL: how often, by any of the names that it has
strace_says()
{
	local names=$1

	case $1 in
	sendto) names='sendto|send' ;;
	recvfrom) names='recvfrom|recv' ;;
	esac
	grep -cE "^($names)\(" "$NT_TMP/strace"
}

nt_main t_calls "t_ends 4" "t_ends 6" "t_segments 4" "t_segments 6"
