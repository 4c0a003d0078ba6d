#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# What is not TCP: echoes, UDP, ICMP errors, path MTU discovery, fragments, groups,
# other protocols.  The judges are ping, traceroute, tcpdump, ip route, nft and the
# kernels' own counters in /proc/net/snmp.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

DGRAM=$NT_DIR/lib/dgram.py

# snmp NETNS PROTO FIELD: the kernel's counter, which begins with the namespace
snmp()
{
	in_ns "$1" cat /proc/net/snmp | awk -v proto="$2:" -v field="$3" '$1 == proto {
		if (!n) { for (n = 2; $n != field; n++) if (n > NF) exit } else print $n
	}'
}

# serve NETNS ARGUMENTS...: dgram.py, which has said that it is ready
serve()
{
	local ns=$1

	shift
	rm -f "$NT_TMP/served"
	ip netns exec "$ns" python3 "$DGRAM" "$@" >"$NT_TMP/served" <"$NT_TMP/never" &
	SERVER=$!
	echo "$SERVER" >>"$NT_TMP/pids"
	await "$* to be ready" grep -q ready "$NT_TMP/served"
}

# capture NETNS DEV FILTER...
capture()
{
	ip netns exec "$1" tcpdump -Z root -Uni "$2" -w "$NT_TMP/pcap" "${@:3}" 2>"$NT_TMP/tcpdump" &
	CAPTURE=$!
	echo $CAPTURE >>"$NT_TMP/pids"
	await "tcpdump to listen" grep -q listening "$NT_TMP/tcpdump"
}

# captured N: it has seen so many; then it is ended
captured()
{
	await "$1 packets to be captured" has_captured "$1"
	kill -INT "$CAPTURE"
	wait "$CAPTURE" || fail "tcpdump: $(cat "$NT_TMP/tcpdump")"
}

has_captured()
{
	[ "$(tcpdump -Z root -nr "$NT_TMP/pcap" 2>/dev/null | wc -l)" -ge "$1" ]
}

# every reply answers its request, in less time than ping has measured around it
# t_echo ADDRESS-VARIABLE PROTO REQUEST REPLY
t_echo()
{
	local addr seq ms rtt

	load_with drops=0
	net_routed
	addr=${!1}
	in_ns "$C" ping -c 3 -i 0.2 "$addr" >"$NT_TMP/ping" || fail "$(cat "$NT_TMP/ping")"
	observe "$C,$R,$S"
	says 3 type=icmp proto="$2" icmp.type="$3" icmp.name=echo-request sightings.#=3
	says 3 type=icmp proto="$2" icmp.type="$4" icmp.name=echo-reply 'request?' 'rtt?'
	# of others, such as multicast reports of a network that comes up, nothing is known
	says 0 type=icmp icmp.type="$3" marks.*.name?
	says 0 type=icmp icmp.type="$4" marks.*.name?
	says 1 type=conversation proto="$2" opened=answered 'segments.c>s=3' 'segments.s>c=3' client.comm=ping
	sed -n 's/.*icmp_seq=\([0-9]*\) .*time=\([0-9.]*\) ms.*/\1 \2/p' "$NT_TMP/ping" >"$NT_TMP/times"
	equal "answers by ping" "$(wc -l <"$NT_TMP/times")" 3
	while read -r seq ms; do
		rtt=$(ntq -p rtt type=icmp icmp.type="$4" icmp.seq="$seq" <"$JSON")
		# from a tenth of a second on, ping says whole milliseconds
		awk -v ms="$ms" -v ns="$rtt" 'BEGIN { exit !(ns > 0 && ns / 1e6 <= ms + (ms + 0 < 100 ? 0.1 : 1)) }' ||
			fail "echo $seq took $ms ms for ping, $rtt ns for nettrace"
	done <"$NT_TMP/times"
	# on the router it is no round trip, and not said to be one
	observe "$R"
	says 3 type=icmp icmp.type="$4" 'after?' '!rtt'
}

# the requests are dropped where they arrive; nft counts them
t_echo_unanswered()
{
	load_with drops=0
	net_pair
	must in_ns $C ping -qc 1 $SADDR
	must in_ns $S nft 'add table inet nts
		add chain inet nts in { type filter hook input priority 0; }
		add rule inet nts in icmp type echo-request counter drop'
	! in_ns $C ping -qc 2 -i 0.2 -W 2 $SADDR >/dev/null || fail "dropped, and yet an answer"
	observe $C
	says "$(dropped $S)" type=icmp icmp.type=8 marks.*.name=unanswered
	says 2 type=icmp icmp.type=8 marks.*.name=unanswered marks.*.basis=inferred
	says 1 type=conversation proto=icmp opened=unanswered 'segments.s>c=0'
}

# t_udp ADDRESS-VARIABLE: asked and answered, as often as the kernels count it
t_udp()
{
	local addr

	load_with drops=0
	net_pair
	addr=${!1}
	serve $S echo "$addr" 5353 5
	must in_ns $C python3 "$DGRAM" ask "$addr" 5353 5 100
	wait "$SERVER"
	[ "$1" = SADDR6 ] || equal "datagrams by the server's kernel" "$(snmp $S Udp InDatagrams)" 5
	[ "$1" = SADDR6 ] || equal "datagrams by the client's kernel" "$(snmp $C Udp InDatagrams)" 5
	observe $C,$S
	says 5 type=datagram proto=udp dir='c>s' dport=5353 len=100 sightings.#=2
	says 5 type=datagram proto=udp dir='s>c' sport=5353 len=100 sightings.#=2
	says 1 type=conversation proto=udp opened=answered closed=open server.addr="$addr" server.port=5353 \
		'segments.c>s=5' 'segments.s>c=5' 'bytes.c>s=500' 'bytes.s>c=500' client.comm=python3 server.comm=python3 'client.pid?' server.pid=$SERVER
}

# nobody answers; nobody is there
t_udp_unanswered()
{
	load_with drops=0
	net_pair
	serve $S mute $SADDR 5353
	must in_ns $C python3 "$DGRAM" say $SADDR 5353 2 10
	must in_ns $C python3 "$DGRAM" say $SADDR 5354 1 10
	await "the error" has_error $C
	equal "by the server's kernel" "$(snmp $S Udp NoPorts) $(snmp $S Udp InDatagrams)" "1 0"
	observe $C,$S
	says 1 type=conversation proto=udp server.port=5353 opened=unanswered 'segments.c>s=2' 'segments.s>c=0'
	says 1 type=conversation proto=udp server.port=5354 opened=port-unreachable 'segments.s>c=0'
	says 1 type=icmp icmp.name=port-unreachable about.n=1 about.port=5354 about.proto=udp from=$SADDR
	"$NETTRACE" list -N $C,$S >"$NT_TMP/list"
	grep -q "$SADDR:5353.*no reply" "$NT_TMP/list" || fail "$(cat "$NT_TMP/list")"
	grep -q "$SADDR:5354.*no port" "$NT_TMP/list" || fail "$(cat "$NT_TMP/list")"
}

has_error()
{
	[ "$(snmp "$1" Icmp InDestUnreachs)" = 1 ]
}

# the hops that traceroute prints are those whose errors are told, in order
t_traceroute()
{
	load_with drops=0
	net_routed
	in_ns $C busybox traceroute -n -q 1 -w 5 $SADDR >"$NT_TMP/hops" 2>&1 || fail "$(cat "$NT_TMP/hops")"
	observe $C
	equal "the way" "$(ntq -p from type=icmp icmp.type=3\|11 <"$JSON" | tr '\n' ' ')" \
		"$(awk '$1 ~ /^[0-9]+$/ { printf "%s ", $2 }' "$NT_TMP/hops")"
	says 1 type=icmp icmp.name=ttl-exceeded from=10.0.1.2 about.n=1 about.addr=$SADDR
	says 1 type=icmp icmp.name=port-unreachable from=$SADDR about.n=1
	says 1 type=conversation proto=udp opened=ttl-exceeded
	says 1 type=conversation proto=udp opened=port-unreachable
}

# the router's link takes 1400 bytes: it says so, and the kernel takes its word
# t_pmtu FAMILY NAME
t_pmtu()
{
	local FAMILY=$1 addr about

	load_with drops=0
	net_routed
	must ip -n $R link set right mtu 1400
	must ip -n $C link set eth0 gso_max_segs 1
	[ "$FAMILY" = 4 ] && addr=$SADDR || addr=$SADDR6
	opened
	tell client send 5000
	tell server recv 5000
	observe "$C,$R,$S"
	ip -n $C route get "$addr" >"$NT_TMP/route"
	grep -q 'mtu 1400' "$NT_TMP/route" || fail "the kernel knows no smaller MTU: $(cat "$NT_TMP/route")"
	at_least "errors" "$(said type=icmp icmp.name="$2" icmp.mtu=1400 about.proto=tcp about.basis=observed)" 1
	about=$(ntq -p about.n type=icmp icmp.name="$2" <"$JSON" | head -n 1)
	# the one that it is about was too long, and came no further
	says 1 type=segment n="$about" len=1380..1500 '!gso'
	says 0 type=segment n="$about" sightings.*.hook=LOCAL_IN
	at_least "sent again" "$(said type=segment marks.*.reason=pmtu)" 1
	"$NETTRACE" timeline --all -N "$C,$R,$S" >"$NT_TMP/text"
	grep -q 'mtu=1400' "$NT_TMP/text" || fail "the picture does not tell the MTU: $(cat "$NT_TMP/text")"
}

# 4000 bytes in three fragments, as tcpdump and the kernels count them
t_fragments()
{
	load_with hooks=path drops=0
	net_routed
	must in_ns $C ping -qc 1 $SADDR
	capture $R left 'icmp and ip[6:2] & 0x3fff != 0 and src 10.0.1.1'
	must in_ns $C ping -qc 1 -s 4000 $SADDR
	captured 3
	equal "fragments by the client's kernel" "$(snmp $C Ip FragCreates)" 3
	equal "fragments by the server's kernel" "$(snmp $S Ip ReasmReqds) $(snmp $S Ip ReasmOKs)" "3 1"
	observe "$C,$R,$S"
	says 1 type=icmp icmp.type=8 len=4000 'fragments?'
	says 1 type=icmp icmp.type=0 len=4000 'fragments?'
	ntq type=icmp icmp.type=8 len=4000 <"$JSON" >"$NT_TMP/one"
	JSON=$NT_TMP/one says 1 type=icmp sightings.0.hook=LOCAL_OUT sightings.*.hook=LOCAL_IN
	# at the router's PRE_ROUTING, as tcpdump sees them there
	python3 - "$NT_TMP/one" >"$NT_TMP/ours" <<-'END'
		import json, sys
		for f in json.load(open(sys.argv[1]))["fragments"]:
		    if f["hook"] == "PRE_ROUTING" and f["dev"] == "left":
		        assert f["missing"] == [] and f["len"] == 4008
		        for p in f["pieces"]:
		            print(p["off"], p["len"])
	END
	tcpdump -Z root -vnr "$NT_TMP/pcap" 2>/dev/null |
		sed -n 's/.*offset \([0-9]*\), .*length \([0-9]*\)).*/\1 \2/p' |
		awk '{ print $1, $2 - 20 }' | sort -n >"$NT_TMP/theirs"
	equal "the fragments" "$(cat "$NT_TMP/ours")" "$(cat "$NT_TMP/theirs")"
}

# the last fragment is dropped on the router: what is missing is told, and where
t_fragment_missing()
{
	load_with hooks=path drops=0
	net_routed
	must in_ns $C ping -qc 1 $SADDR
	must in_ns $R nft 'add table ip nts
		add chain ip nts fw { type filter hook forward priority -500; }
		add rule ip nts fw ip frag-off & 0x3fff == 370 counter drop'
	! in_ns $C ping -qc 1 -W 2 -s 4000 $SADDR >/dev/null || fail "a fragment is dropped, and yet an answer"
	equal "dropped" "$(in_ns $R nft list table ip nts | sed -n 's/.*counter packets \([0-9]*\).*/\1/p')" 1
	equal "by the server's kernel" "$(snmp $S Ip ReasmReqds) $(snmp $S Ip ReasmOKs)" "2 0"
	observe "$C,$R,$S"
	says 1 type=icmp icmp.type=8 len=4000 marks.*.name=unanswered sightings.0.hook=LOCAL_OUT
	says 0 type=icmp icmp.type=8 len=4000 sightings.*.hook=LOCAL_IN
	ntq type=icmp icmp.type=8 len=4000 <"$JSON" >"$NT_TMP/one"
	python3 - "$NT_TMP/one" >"$NT_TMP/ours" <<-'END'
		import json, sys
		for f in json.load(open(sys.argv[1]))["fragments"]:
		    print(f.get("netns"), f["hook"], f["n"], f["missing"])
	END
	grep -q "^$R PRE_ROUTING 3 \[\]$" "$NT_TMP/ours" || fail "on the router: $(cat "$NT_TMP/ours")"
	grep -q "^$S PRE_ROUTING 2 \[{'from': 2960}\]$" "$NT_TMP/ours" || fail "at the server: $(cat "$NT_TMP/ours")"
	"$NETTRACE" timeline --width 100 -N "$C,$R,$S" >"$NT_TMP/text"
	grep -q 'MISSING 2960' "$NT_TMP/text" || fail "the picture does not tell: $(cat "$NT_TMP/text")"
}

# IPv6 delivers fragments; a datagram has arrived when all of its have
t_fragments6()
{
	load_with drops=0
	net_routed
	must in_ns $C ping -qc 1 $SADDR6
	must in_ns $C ping -qc 1 -s 4000 $SADDR6
	observe "$C,$R,$S"
	says 1 type=icmp icmp.type=128 len=4000 sightings.*.hook=LOCAL_IN 'fragments?'
	says 1 type=icmp icmp.type=129 len=4000 sightings.*.hook=LOCAL_IN 'fragments?' 'rtt?'
	says 0 type=icmp icmp.type=128 marks.*.name=not-delivered
	says 0 type=icmp icmp.type=129 marks.*.name=not-delivered
	equal "fragments by the kernel" "$(in_ns $S cat /proc/net/snmp6 | awk '$1 == "Ip6ReasmReqds" { print $2 }')" \
		"$(ntq type=icmp icmp.type=128 len=4000 <"$JSON" | python3 -c '
import json, sys
print([f["n"] for f in json.load(sys.stdin)["fragments"] if f["hook"] == "LOCAL_IN"][0])')"
}

# a member of a group reports itself; the kernel lists the group
t_groups()
{
	load_with drops=0
	net_pair
	must in_ns $C sysctl -qw net.ipv4.conf.all.force_igmp_version=2
	serve $C join 239.1.2.3 $CADDR
	in_ns $C ip maddr show dev eth0 | grep -q 'inet *239.1.2.3' || fail "not a member"
	await "the report" has_report
	at_least "reports" "$(said type=datagram proto=igmp igmp.name=membership-report-v2 igmp.group=239.1.2.3 ttl=1)" 1
	says 1 type=conversation proto=igmp server.addr=239.1.2.3 opened=one-way
}

has_report()
{
	observe "$C,$S"
	[ "$(said type=datagram proto=igmp)" -ge 1 ]
}

# by number, and with ports where there are some; tcpdump sees as many
t_others()
{
	load_with drops=0
	net_pair
	must in_ns $C ping -qc 1 $SADDR
	capture $S eth0 'src 10.0.1.1 and not icmp and not arp'
	must in_ns $C python3 "$DGRAM" raw 47 $SADDR 00000800
	must in_ns $C python3 "$DGRAM" raw 89 $SADDR 0201002c
	must in_ns $C python3 "$DGRAM" raw 253 $SADDR 00
	must in_ns $C python3 "$DGRAM" raw 132 $SADDR 138808ae0000000000000000
	captured 4
	observe $C,$S
	says 1 type=datagram proto=gre len=4 'sightings.#=2' '!sport'
	says 1 type=datagram proto=ospf
	says 1 type=datagram proto='proto 253'
	says 1 type=datagram proto=sctp sport=5000 dport=2222
	says 1 type=conversation proto=sctp client.port=5000 server.port=2222
	# nobody takes them: the host says so of each
	says 4 type=icmp icmp.name=protocol-unreachable about.n=1
	says 4 type=conversation proto!=icmp opened=unreachable
}

nt_main "t_echo SADDR icmp 8 0" "t_echo SADDR6 icmpv6 128 129" t_echo_unanswered "t_udp SADDR" \
	"t_udp SADDR6" t_udp_unanswered t_traceroute "t_pmtu 4 fragmentation-needed" \
	"t_pmtu 6 packet-too-big" t_fragments t_fragment_missing t_fragments6 t_groups t_others
