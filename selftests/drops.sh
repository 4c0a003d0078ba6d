#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the kernel drops, and why, as the module records it.  The judges are the
# kernel's own tracepoint in tracefs, nft's counters and the kernel's statistics.
# A kernel that knows no reasons says so, and does not tell in whose namespace it
# dropped what had no route yet: that is counted.

# shellcheck disable=SC2016 # programs in single quotes: awk's and the inner shell's
# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"
# shellcheck source=selftests/lib/reasons.sh
. "$(dirname "$0")/lib/reasons.sh"

NT_DROPS=1

# judged: from now on tracefs has the kernel's own word
judged()
{
	reasons_seen
	echo 1 >$TRACING/events/skb/kfree_skb/enable
	trace_anew
}

# kernel_said NAME: how many IPv4, IPv6 and ARP packets it dropped for this reason
kernel_said()
{
	grep -E 'protocol=(2048|34525|2054) ' $TRACING/trace | grep -c "reason: $1\$"
}

# drops NETNS [WORD...]: "NAME packet…" of each drop whose packet, the one before it
# in its CPU's ring, has these words
drops()
{
	local ns=$1

	shift
	evdump -N "$ns" | awk -v words="$*" '
		{ split($3, c, "="); split($4, n, "="); cpu = c[2] }
		$1 == "drop" && before[cpu] != "" && n[2] == seq[cpu] + 1 {
			sub(/.*name=/, ""); print $0, before[cpu]
		}
		{ before[cpu] = "" }
		$1 == "packet" && / hook=DROPPED / {
			ok = 1
			k = split(words, w, " ")
			for (i = 1; i <= k; i++) ok = ok && index($0 " ", w[i] " ")
			seq[cpu] = n[2]
			if (ok) before[cpu] = $0
		}'
}

# dropped_so NAME COUNT NETNS WORD...: so many of such packets, and nowhere else any
# of this name: as many as the kernel said
dropped_so()
{
	local name count=$2 all=0 ns

	name=$(named "$1")
	shift 2
	equal "drops in $*" "$(drops "$@" | awk '{ print $1 }' | sort | uniq -c | tr -s ' ' | tr '\n' ' ')" " $count $name "
	while read -r ns; do
		all=$((all + $(drops "$ns" | grep -c "^$name ")))
	done <"$NT_TMP/netns"
	if reasons; then
		equal "$name in all namespaces, for tracefs" "$all" "$(kernel_said "$name")"
	else
		# what the kernel took ends so, too
		at_least "of all that tracefs has" "$(grep -cE 'protocol=(2048|34525|2054) ' $TRACING/trace)" "$all"
	fi
}

# before_route NAME COUNT NETNS WORD...: likewise, dropped before it had a route
before_route()
{
	if reasons; then
		dropped_so "$@"
	else
		equal "drops in ${*:3}" "$(drops "${@:3}")" ""
		at_least "counted" "$(stat_of drops_unplaced)" "$2"
	fi
}

t_firewall()
{
	judged
	load
	net_pair
	must in_ns $S nft "add table inet nts
		add chain inet nts in { type filter hook input priority 0; }
		add rule inet nts in udp dport 9 counter drop"
	peer client $C
	tell client udp $SADDR 9 3
	equal "for nft" "$(dropped $S)" 3
	dropped_so NETFILTER_DROP 3 $S proto=17 dst=$SADDR dport=9
	equal "where it came by" "$(drops $S dport=9 | grep -c ' dev=eth0 .*MAC')" 3
	in_ns $S cat /proc/nettrace >"$NT_TMP/text"
	equal "lines for people" "$(grep -c "dropped  *reason [0-9]* $(named NETFILTER_DROP)\$" "$NT_TMP/text")" 3
}

# what a local program sends, and packets that have no route yet
t_firewall_out()
{
	judged
	load
	net_pair
	must in_ns $C nft "add table inet nts
		add chain inet nts out { type filter hook output priority 0; }
		add rule inet nts out udp dport 9 counter drop"
	must in_ns $S nft "add table inet nts
		add chain inet nts pre { type filter hook prerouting priority 0; }
		add rule inet nts pre udp dport 10 counter drop"
	peer client $C
	ask client udp $SADDR 9 1
	ask client udp $SADDR 10 2
	equal "for nft" "$(dropped $C) $(dropped $S)" "1 2"
	equal "of one's own" "$(drops $C dport=9 | cut -d ' ' -f 1)" "$(named NETFILTER_DROP)"
	before_route NETFILTER_DROP 2 $S dport=10
}

t_no_socket()
{
	judged
	load
	net_pair
	peer client $C
	tell client udp $SADDR 9 1
	dropped_so NO_SOCKET 1 $S proto=17 dport=9
	ask client connect $SADDR 81
	case $REPLY in
	*ECONNREFUSED*) ;;
	*) fail "nobody listens, but: $REPLY" ;;
	esac
	dropped_so NO_SOCKET 1 $S proto=6 dport=81 tcp=SYN
	peer client6 $C
	ask client6 connect $SADDR6 81
	dropped_so NO_SOCKET 1 $S family=6 proto=6 dport=81 tcp=SYN
	# the packet is read whole, from its network header on
	equal "its length" "$(drops $S proto=17 dport=9 | sed 's/.* len=\([0-9]*\) payload=\([0-9]*\) .*/\1 \2/')" "32 4"
}

t_ttl()
{
	judged
	load
	net_routed
	! in_ns $C ping -qc 1 -t 1 -W 5 $SADDR >"$NT_TMP/ping" || fail "a TTL of 1 reaches the server"
	dropped_so IP_INHDR 1 $R proto=1 dst=$SADDR ttl=1
}

t_rp_filter()
{
	judged
	load
	net_pair
	# ARP is filtered likewise: the addresses are known before
	must in_ns $C ping -qc 1 $SADDR
	must in_ns $S sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.eth0.rp_filter=1
	must ip -n $C addr add 10.9.9.9/32 dev lo
	! in_ns $C ping -qc 1 -W 1 -I 10.9.9.9 $SADDR >"$NT_TMP/ping" || fail "rp_filter lets it through"
	before_route IP_RPFILTER 1 $S src=10.9.9.9 dst=$SADDR
	equal "for the kernel's statistics" "$(in_ns $S nstat -asz TcpExtIPReversePathFilter | awk '$1 == "TcpExtIPReversePathFilter" { print $2 }')" 1
}

# raw HEX: an IPv4 packet with these bytes behind its header
raw()
{
	in_ns "$C" python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, int(sys.argv[2]))
s.sendto(bytes.fromhex(sys.argv[3]), (sys.argv[1], 0))' "$SADDR" "$1" "$2" || fail "a raw packet is not sent"
}

t_checksum()
{
	judged
	load
	net_pair
	# UDP 1000 > 9, 12 bytes, checksum 1234; TCP 1000 > 81, SYN, checksum 1234
	raw 17 03e80009000c123461626364
	raw 6 03e8005100000001000000005002040012340000
	await "both to arrive" eval '[ "$(drops $S sport=1000 | grep -c .)" = 2 ]'
	dropped_so UDP_CSUM 1 $S proto=17 sport=1000 dport=9
	dropped_so TCP_CSUM 1 $S proto=6 sport=1000 dport=81 tcp=SYN
}

# no room in the socket: some kernels do not tell whose packet it was, then it is counted
t_no_room()
{
	local errors told

	judged
	load
	net_pair
	ip netns exec $S python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
s.bind((sys.argv[1], 9)); print("bound", flush=True); sys.stdin.read()' $SADDR <"$NT_TMP/never" >"$NT_TMP/out" &
	echo $! >>"$NT_TMP/pids"
	disown $!
	await "a socket" grep -q bound "$NT_TMP/out"
	peer client $C
	tell client udp $SADDR 9 50
	errors=$(in_ns $S nstat -asz UdpRcvbufErrors | awk '$1 == "UdpRcvbufErrors" { print $2 }')
	at_least "errors" "$errors" 10
	told=$(drops $S dport=9 | grep -c "^$(named SOCKET_RCVBUFF) ")
	[ "$told" = "$errors" ] || equal "told or counted" "$((told + $(stat_of drops_unplaced)))" "$errors"
}

# what the kernel answers is sent by sockets of its own, which are those of all namespaces
t_answers()
{
	judged
	reasons || return 0
	load
	net_pair
	must in_ns $C ping -qc 1 $SADDR
	must ip netns exec $S tc qdisc replace dev eth0 root pfifo limit 0
	! in_ns $C ping -qc 2 -i 0.2 -W 1 $SADDR >/dev/null || fail "answered"
	equal "where it was to leave by" "$(drops $S proto=1 icmp=0/0 | grep -c '^QDISC_DROP .* dev=eth0 ')" 2
	dropped_so QDISC_DROP 2 $S proto=1 dst=$CADDR
}

# what is taken is not told as dropped: a connection to its end in TIME-WAIT, and ND
t_none()
{
	judged
	load
	net_pair
	opened
	tell client send 100
	tell server recv 100
	tell client close
	tell server eof
	tell server close
	await "TIME-WAIT" eval 'in_ns $C ss -tnH state time-wait | grep -q .'
	must in_ns $C ping -qc 1 $SADDR6
	for ns in $C $S; do
		equal "drops in $ns" "$(drops "$ns" | grep -v '^[A-Z_]* .*proto=58 ')" ""
		equal "solicited in $ns" "$(drops "$ns" icmp=135/0 icmp=136/0)" ""
	done
}

# nor is an ACK that finds its socket in CLOSE-WAIT, though the kernel frees it without
# a reason
t_done()
{
	judged
	load
	net_pair
	opened
	tell client shut wr
	tell server eof
	for _ in 1 2 3 4 5; do
		tell server send 100
		tell client recv 100
	done
	! reasons || at_least "freed without a reason" "$(kernel_said NOT_SPECIFIED)" 1
	tell server close
	tell client eof
	"$NETTRACE" timeline --json -N $C,$S >"$NT_TMP/json" || fail "timeline"
	at_least "ACKs" "$(ntq -c type=segment dir='c>s' flags=ACK len=0 <"$NT_TMP/json")" 5
	equal "drops in the picture" "$(ntq -p conv,segment type=drop reason=NOT_SPECIFIED <"$NT_TMP/json")" ""
	equal "marks" "$(ntq -c type=segment 'marks.*.reason=NOT_SPECIFIED' <"$NT_TMP/json")" 0
	! reasons || equal "drops in the records" "$(drops $S proto=6)" ""
}

request_over()
{
	evdump -N "$S" | grep -q '^state .* kind=REQUEST what=END .* why=KILLED '
}

# nor is a RST that ends a half-open connection: here of a host that had sent no SYN
t_done_half_open()
{
	local conv rst

	judged
	load
	net_pair
	peer server $S
	tell server listen $SADDR 80
	must in_ns "$C" forge "$CADDR" 4000 "$SADDR" 80 S 1000 0
	await "the half-open socket to go" request_over
	diag "its records: $(drops $S proto=6)"
	"$NETTRACE" timeline --json -N $C,$S >"$NT_TMP/json" || fail "timeline"
	read -r conv rst < <(ntq -p conv,n type=segment dir='c>s' flags=RST <"$NT_TMP/json")
	at_least "RST, behind SYN and SYN,ACK" "${rst:-0}" 3
	equal "drops of it in the picture" "$(ntq -c type=drop conv="$conv" segment="$rst" <"$NT_TMP/json")" 0
}

# the filter decides on dropped packets as on others
t_filter()
{
	judged
	load
	net_pair
	must "$NETTRACE" filter -N $S udp port 9
	peer client $C
	tell client udp $SADDR 9 2
	tell client udp $SADDR 10 2
	equal "drops" "$(drops $S family=4 | awk '{ print $1 }' | uniq -c | tr -s ' ')" " 2 $(named NO_SOCKET)"
}

# and in userspace: the reason stays with its packet
t_filter_later()
{
	local port

	judged
	load
	net_pair
	must "$NETTRACE" -N $S record "$NT_TMP/all.rec" -- ip netns exec $C bash -c "
		echo 1 >/dev/udp/$SADDR/9
		echo 1 >/dev/udp/$SADDR/10"
	must "$NETTRACE" record "$NT_TMP/one.rec" -r "$NT_TMP/all.rec" udp port 9
	for port in all:2 one:1; do
		"$NETTRACE" follow --json -r "$NT_TMP/${port%:*}.rec" >"$NT_TMP/json" || fail "follow"
		equal "drops of ${port%:*}" "$(ntq -c type=drop "reason=$(named NO_SOCKET)" <"$NT_TMP/json")" "${port#*:}"
	done
}

# many at a time, on all processors; the neighbour is known, and they are fewer than
# a processor's queue holds (netdev_max_backlog): all arrive
t_flood()
{
	judged
	load
	net_pair
	must in_ns $C ping -qc 1 $SADDR
	must in_ns $S nft "add table inet nts
		add chain inet nts in { type filter hook input priority 0; }
		add rule inet nts in udp dport 9 counter drop"
	peer one $C
	peer two $C
	echo "udp $SADDR 9 400" >&"${PEER_IN[one]}"
	tell two udp $SADDR 9 400
	until_true $((60 * SLOW)) eval '[ "$(dropped $S)" = 800 ]' || fail "of 800 datagrams $(dropped $S) arrived"
	equal "drops" "$(drops $S dport=9 | grep -c "^$(named NETFILTER_DROP) ")" 800
}

nt_main t_firewall t_firewall_out t_no_socket t_ttl t_rp_filter t_checksum t_no_room t_answers t_none t_done t_done_half_open t_filter t_filter_later t_flood
