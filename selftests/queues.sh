#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A listener's queues: a full accept queue, a full request queue and SYN cookies are
# told apart, as the kernel's own counters tell them apart; and the lengths are those
# that ss shows.

# shellcheck disable=SC2016 # programs in single quotes: awk's and the inner shell's
# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

# counter NAME: of the server's namespace
counter()
{
	in_ns "$S" nstat -asz "$1" | awk -v name="$1" '$1 == name { print $2 }'
}

# counters: those of dropped and cookie-answered SYNs, in this order
counters()
{
	echo "$(counter TcpExtListenOverflows) $(counter TcpExtTCPReqQFullDrop)" \
		"$(counter TcpExtTCPReqQFullDoCookies) $(counter TcpExtSyncookiesSent)"
}

# verdicts: what nettrace says, in the order of counters
verdicts()
{
	observe "$C","$S"
	echo "$(said type=queue verdict=accept-queue-full) $(said type=queue verdict=request-queue-full)" \
		"$(said type=queue verdict=syn-cookie) $(said type=queue verdict=syn-cookie)"
}

# what became of the last SYN is known when something has happened after it
same_verdicts()
{
	until_true 60 eval '[ "$(verdicts)" = "$(counters)" ]' ||
		fail "verdicts: $(verdicts), the kernel counts $(counters)"
	observe "$C","$S"
}

# accept_queue: Recv-Q and Send-Q of the listener, as ss has them
accept_queue()
{
	in_ns "$S" ss -tlnH "sport = :$PORT" | awk '{ print $2 "/" $3 }'
}

# begin SYNCOOKIES BACKLOG: a listener that never accepts, clients that try once
begin()
{
	load
	net_pair
	must in_ns $S sysctl -qw net.ipv4.tcp_syncookies="$1" net.ipv4.tcp_synack_retries=5
	must in_ns $C sysctl -qw net.ipv4.tcp_syn_retries=1
	peer server $S
	tell server listen $SADDR $PORT "$2"
}

# syns N: so many raw SYNs from N ports, whose SYN,ACKs nobody answers
syns()
{
	in_ns "$C" nft 'add table inet quiet
		add chain inet quiet in { type filter hook input priority 0; }
		add rule inet quiet in tcp flags & (syn|ack) == (syn|ack) drop' || fail "nft"
	in_ns "$C" python3 - "$CADDR" "$SADDR" "$PORT" "$1" <<-'EOF2' || fail "raw SYNs"
		import socket, struct, sys, time
		src, dst, port, n = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
		def csum(b):
		    s = sum(struct.unpack("!%dH" % (len(b) // 2), b))
		    s = (s >> 16) + (s & 0xffff)
		    return ~(s + (s >> 16)) & 0xffff
		r = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
		for i in range(n):
		    h = struct.pack("!HHIIBBHHH", 30000 + i, port, 1000 + i, 0, 5 << 4, 2, 1024, 0, 0)
		    p = socket.inet_aton(src) + socket.inet_aton(dst) + struct.pack("!BBH", 0, 6, len(h))
		    h = h[:16] + struct.pack("!H", csum(p + h)) + h[18:]
		    r.sendto(h, (dst, 0))
		    time.sleep(0.02)
	EOF2
}

# filled N: the accept queue holds N connections that nobody accepts
filled()
{
	local i

	for i in $(seq "$1"); do
		peer fill"$i" "$C"
		tell fill"$i" connect "$SADDR" $PORT
	done
	await "the accept queue to fill" eval "[ \"\$(accept_queue)\" = $1/$2 ]"
}

# room in both: said, with the lengths that ss has
t_room()
{
	begin 1 4
	filled 2 4
	peer third $C
	tell third connect $SADDR $PORT
	observe $C,$S
	says 3 type=queue verdict=ok
	says 1 type=queue verdict=ok accept.len=2 accept.max=4 half_open=0
	says 0 type=queue 'verdict!=ok'
	equal "ss" "$(accept_queue)" 3/4
}

# chosen: two listeners at the same port, and a program that chooses among them
chosen()
{
	in_ns "$S" python3 - "$SADDR" "$PORT" <<-'EOF'
		import ctypes, socket, struct, sys
		socks = []
		for i in range(2):
		    s = socket.socket()
		    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
		    s.bind((sys.argv[1], int(sys.argv[2])))
		    s.listen(4)
		    socks.append(s)
		code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 1))
		prog = struct.pack("HL", 1, ctypes.addressof(code))
		socks[0].setsockopt(socket.SOL_SOCKET, 51, prog)  # SO_ATTACH_REUSEPORT_CBPF
		print("ready", flush=True)
		for i in range(2):
		    socks[1].accept()
		print("both", flush=True)
	EOF
}

says_word()
{
	grep -qx "$1" "$NT_TMP/chosen"
}

# where a program chooses among listeners, whose queue a SYN meets is not told
t_chosen()
{
	load
	net_pair
	chosen >"$NT_TMP/chosen" &
	await "the listeners" says_word ready
	for i in 1 2; do
		peer client$i $C
		tell client$i connect $SADDR $PORT
	done
	await "the second of them to have both" says_word both
	observe $C,$S
	says 2 type=segment flags=SYN
	says 0 type=queue
	says 2 type=transition end=server to=SYN-RECEIVED
}

# t_accept_full SYNCOOKIES: the SYN is dropped, whatever is said of cookies
t_accept_full()
{
	begin "$1" 1
	filled 2 1
	peer late $C
	ask late connect $SADDR $PORT
	equal "the late one" "$REPLY" "err ETIMEDOUT"
	observe $C,$S
	# SYN and its one retransmission
	same_verdicts
	at_least "dropped for the accept queue" "$(counter TcpExtListenOverflows)" 2
	says "$(counter TcpExtListenOverflows)" type=queue verdict=accept-queue-full accept.len=2 accept.max=1
}

# more SYNs than the request queue takes, without cookies: dropped
t_request_full()
{
	local i

	begin 0 2
	syns 5
	# a backlog of two takes three: more than two is full
	await "drops" eval '[ "$(counter TcpExtTCPReqQFullDrop)" = 2 ]'
	equal "half open, as ss has them" "$(in_ns $S ss -tanH state syn-recv | wc -l)" 3
	same_verdicts
	says 2 type=queue verdict=request-queue-full half_open=3
	for i in 0 1 2; do
		says 1 type=queue verdict=ok half_open=$i
	done
}

# the same with cookies: answered, and no state is kept
t_cookies_when_full()
{
	begin 1 2
	syns 5
	await "cookies" eval '[ "$(counter TcpExtSyncookiesSent)" = 2 ]'
	same_verdicts
	says 2 type=queue verdict=syn-cookie basis=observed
	says 3 type=queue verdict=ok
	# honesty: SYN-RECEIVED is where a request socket was, not where a cookie went
	says 3 type=transition end=server to=SYN-RECEIVED
}

# tcp_syncookies=2: always, though the queues are empty
t_cookies_always()
{
	begin 2 8
	syns 3
	await "cookies" eval '[ "$(counter TcpExtSyncookiesSent)" = 3 ]'
	observe $C,$S
	says 3 type=queue verdict=syn-cookie half_open=0 syncookies=2
	says 0 type=transition end=server to=SYN-RECEIVED
	equal "half open, as ss has them" "$(in_ns $S ss -tnH state syn-recv | wc -l)" 0
	must in_ns $C nft delete table inet quiet
	peer real $C
	tell real connect $SADDR $PORT
	observe $C,$S
	says 4 type=queue verdict=syn-cookie
	equal "cookies that came back" "$(counter TcpExtSyncookiesRecv)" 1
}

# what became of an ACK is known a tenth of a second later
ack_told()
{
	observe "$C","$S"
	[ "$(said type=queue verdict=accept-queue-full accept.len=2 accept.max=1)" -ge 1 ]
}

# the ACK that completes a handshake meets a full accept queue: dropped
t_ack_dropped()
{
	begin 0 1
	filled 1 1
	# two handshakes under way, one place: the ACKs come later
	drop_in $S 'tcp flags & (syn|ack) == ack'
	peer one $C
	peer two $C
	tell one connect $SADDR $PORT
	ask two connect $SADDR $PORT
	equal "half open" "$(in_ns $S ss -tnH state syn-recv | wc -l)" 2
	undrop $S
	tell one send 3
	await "one to be established" eval '[ "$(accept_queue)" = 2/1 ]'
	ask two send 3
	await "the other's ACK to be dropped" eval '[ "$(counter TcpExtListenOverflows)" -ge 1 ]'
	await "that to be told" ack_told
	# they come again and again meanwhile: not more than the kernel counts afterwards
	[ "$(said type=queue verdict=accept-queue-full)" -le "$(counter TcpExtListenOverflows)" ] ||
		fail "more drops than the kernel counts: $(counter TcpExtListenOverflows)"
}

nt_main t_room t_chosen "t_accept_full 0" "t_accept_full 1" t_request_full t_cookies_when_full \
	t_cookies_always t_ack_dropped
