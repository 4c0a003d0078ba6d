#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# What is said of a segment is what the kernels count: each mark is compared with
# the counters of the namespace that sends or receives it (nstat), or with what
# tcpdump saw there.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

# mib NETNS COUNTER: since the namespace was made
mib()
{
	in_ns "$1" nstat -asz "$2" | awk -v name="$2" '$1 == name { print $2 }'
}

# marked REASON [CONDITION...]: segments with a mark that has this reason
marked()
{
	local reason=$1

	shift
	said type=segment "marks.*.reason=$reason" "$@"
}

# named NAME [CONDITION...]: segments with a mark of this name
named()
{
	local name=$1

	shift
	said type=segment "marks.*.name=$name" "$@"
}

# the kernel counts segments, so let no arrow stand for more than one
no_gso()
{
	local n

	for n in "$@"; do
		must ip -n "${n%:*}" link set "${n#*:}" gso_max_segs 1
	done
}

# impair OPTIONS...: of netem, on the router, towards the server
impair()
{
	must in_ns "$R" tc qdisc add dev right root netem "$@" limit 5000
}

repair()
{
	must in_ns "$R" tc qdisc del dev right root
}

routed()
{
	net_routed
	no_gso "$C:eth0" "$S:eth0" "$R:left" "$R:right"
}

# transfer BYTES: from the client, to its last byte
transfer()
{
	tell client send "$1" &
	tell server recv "$1"
	wait $!
}

# count_data: segments with data, as they leave the client and reach the server
count_data()
{
	local hook

	for hook in "$C output" "$S input"; do
		must in_ns "${hook% *}" nft "add table inet cnt
			add chain inet cnt data { type filter hook ${hook#* } priority 400; }
			add rule inet cnt data tcp flags & (syn|fin|rst) == 0x0 meta length > 60 counter"
	done
}

counted()
{
	in_ns "$1" nft list chain inet cnt data | sed -n 's/.*counter packets \([0-9]*\).*/\1/p'
}

all_arrived()
{
	[ "$(counted "$S")" = "$(counted "$C")" ]
}

# sniff NETNS [OPTION...]: tcpdump of what its socket layer gets or sends, in $NT_TMP/sniffed
sniff()
{
	: >"$NT_TMP/sniff.err"
	ip netns exec "$1" tcpdump -Z root -i eth0 -n -S -tt -l --immediate-mode -B 8192 -s 128 "${@:2}" 'tcp or icmp' \
		>"$NT_TMP/sniffed" 2>"$NT_TMP/sniff.err" &
	SNIFF=$!
	echo "$SNIFF" >>"$NT_TMP/pids"
	disown "$SNIFF"
	await "tcpdump to listen" grep -q "listening on" "$NT_TMP/sniff.err"
}

# all that passed is in the file once a packet sent after it is
sniffed()
{
	must in_ns "$C" ping -qc 1 "$SADDR"
	await "tcpdump to have it" grep -q "ICMP echo" "$NT_TMP/sniffed"
	kill -INT "$SNIFF"
	await "tcpdump to end" gone "$SNIFF"
	equal "what tcpdump has lost" \
		"$(sed -n 's/^\([0-9]*\) packets* dropped by kernel$/\1/p' "$NT_TMP/sniff.err")" 0
}

# loss: every retransmission, with the counter of its reason
t_loss()
{
	local fast rto tlp all

	routed
	opened
	impair loss 5%
	transfer 300000
	repair
	observe "$C,$S"
	says 0 type=gap
	all=$(mib "$C" TcpRetransSegs)
	fast=$(marked fast 'dir=c>s') rto=$(marked rto 'dir=c>s') tlp=$(marked tlp 'dir=c>s')
	diag "TcpRetransSegs $all: fast $fast, rto $rto, tlp $tlp"
	at_least "TcpRetransSegs" "$all" 3
	equal "retransmissions" "$(named retransmission 'dir=c>s')" "$all"
	equal "all observed" "$(named retransmission 'dir=c>s' 'marks.*.basis=observed')" "$all"
	equal "fast" "$fast" "$(mib "$C" TcpExtTCPFastRetrans)"
	equal "rto" "$rto" \
		$(($(mib "$C" TcpExtTCPTimeouts) + $(mib "$C" TcpExtTCPSlowStartRetrans)))
	at_least "TCPLossProbes, compared with tlp" "$(mib "$C" TcpExtTCPLossProbes)" "$tlp"
	at_least "duplicate ACKs" "$(named duplicate-ack 'dir=s>c')" 3
	at_least "SACK blocks" "$(named sack 'dir=s>c')" 3
}

# the last segment is lost: a tail loss probe
t_tail()
{
	net_pair
	opened
	tell client send 5
	tell server recv 5
	drop_in "$S" 'meta length > 60' limit rate 1/day burst 1 packets
	tell client send 100
	tell server recv 100
	observe "$C,$S"
	equal "segments dropped" "$(dropped "$S")" 1
	equal "TcpRetransSegs" "$(mib "$C" TcpRetransSegs)" 1
	equal "TCPLossProbes" "$(mib "$C" TcpExtTCPLossProbes)" 1
	equal "tlp" "$(marked tlp len=100)" 1
	equal "not delivered" "$(named not-delivered len=100)" 1
}

# one of many is lost: three duplicate ACKs, one fast retransmission.  The client
# alone says so by observation, the router alone by inference.
t_fast()
{
	local where all fast

	routed
	opened
	transfer 20000
	# the third of a burst
	must in_ns "$S" nft 'add table inet nts
		add chain inet nts in { type filter hook input priority 0; }
		add rule inet nts in meta l4proto tcp meta length > 1000 limit rate 1/day burst 1 packets counter drop'
	transfer 200000
	equal "segments dropped" "$(dropped "$S")" 1
	# a slow machine may make it probe as well
	all=$(mib "$C" TcpRetransSegs) fast=$(mib "$C" TcpExtTCPFastRetrans)
	diag "TcpRetransSegs $all, TCPFastRetrans $fast"
	at_least "TCPFastRetrans" "$fast" 1
	for where in "$C" "$R"; do
		observe "$where"
		says 0 type=gap
		equal "retransmissions seen from $where" "$(named retransmission)" "$all"
		at_least "duplicate ACKs seen from $where" "$(named duplicate-ack)" 1
		if [ "$where" = "$C" ]; then
			equal "fast" "$(marked fast 'marks.*.basis=observed')" "$fast"
		else
			at_least "fast, inferred" "$(marked fast marks.0.basis=inferred)" 1
			equal "timeouts, inferred" "$(marked rto)" 0
		fi
	done
}

# reordering, seen by the receiver alone: late ones are not called repeated.  The
# judge is tcpdump: what begins below the highest number so far came late, or
# again; how often again, the sender's kernel knows.
t_reorder()
{
	local late again sent unsure ooo old paws

	routed
	opened
	impair delay 3ms reorder 80%
	sniff "$S" -v
	count_data
	transfer 100000
	await "all to arrive" all_arrived
	sniffed
	repair
	sed -n -e 's/.* id \([0-9]*\), offset .*/\1/;T data;h;d' -e ':data' \
		-e 's/.* > 10\.0\.2\.2\.[0-9]*: .* seq \([0-9]*\):\([0-9]*\),.*/\1 \2/;T' -e 'G;s/\n/ /p' \
		"$NT_TMP/sniffed" >"$NT_TMP/ranges"
	late=$(awk '$1 < max { n++ } $2 > max { max = $2 } END { print n + 0 }' "$NT_TMP/ranges")
	# nobody there can tell what was sent again of what came three times, of what
	# came first when nothing was missing, and of what came before the first one and
	# after something newer, by their identifications
	unsure=$(awk 'function newer(a, b) { return (a - b + 65536) % 65536 < 32768 }
		++n[$1] > 2 || top[$1] || (n[$1] == 2 && behind[$1] && newer(id[$1], $3)) { u++ }
		$1 >= max { top[$1] = 1 }
		n[$1] == 1 { id[$1] = $3; behind[$1] = NR > 1 && !newer($3, last) }
		NR == 1 || newer($3, last) { last = $3 }
		$2 > max { max = $2 }
		END { print u + 0 }' "$NT_TMP/ranges")
	sent=$(mib "$C" TcpRetransSegs)
	observe "$S"
	says 0 type=gap
	again=$(named retransmission 'dir=c>s') ooo=$(named out-of-order 'dir=c>s')
	old=$(named old-duplicate 'dir=c>s')
	diag "late or again by tcpdump: $late, unsure $unsure; TcpRetransSegs $sent"
	diag "retransmissions $again, out of order $ooo, old duplicates $old"
	at_least "late, and not sent again" $((late - sent)) 3
	at_least "TcpRetransSegs, compared with retransmissions" "$sent" "$again"
	at_least "retransmissions" "$again" $((sent - unsure))
	# when what was sent again came first, the late one is an old duplicate (on 7.2 all of
	# them may be: then none is out of order); and what brings new numbers can be too late
	# for its timestamp
	paws=$(mib "$S" TcpExtPAWSEstab)
	at_least "out of order, or old, or again" $((ooo + old + again)) "$late"
	at_least "late, or refused by PAWS ($paws)" $((late + paws)) $((ooo + old + again))
}

# the router makes copies: no retransmission, and the receiver says so by DSACK
t_duplicate()
{
	local copies

	routed
	opened
	count_data
	impair duplicate 30%
	transfer 60000
	repair
	copies=$(($(counted "$S") - $(counted "$C")))
	at_least "copies" "$copies" 3
	observe "$C,$S"
	says 0 type=gap
	equal "retransmissions" "$(named retransmission)" "$(mib "$C" TcpRetransSegs)"
	equal "copies" "$(marked copy 'dir=c>s')" "$copies"
	equal "DSACKs sent" "$(marked dsack 'dir=s>c')" \
		$(($(mib "$S" TcpExtTCPDSACKOldSent) + $(mib "$S" TcpExtTCPDSACKOfoSent)))
	# seen from the receiver alone, by identification
	observe "$S"
	equal "copies seen from the server" "$(marked copy 'dir=c>s')" "$copies"
}

# the ACKs are lost, so what had arrived is sent again
t_spurious()
{
	net_pair
	opened
	drop_in "$C" 'tcp flags & (syn|fin|ack) == ack' limit rate 1/day burst 2 packets
	tell client send 10
	tell server recv 10
	await "the retransmission to be acknowledged" all_acked "$C"
	observe "$C,$S"
	at_least "TcpRetransSegs" "$(mib "$C" TcpRetransSegs)" 1
	equal "retransmissions" "$(named retransmission 'dir=c>s')" "$(mib "$C" TcpRetransSegs)"
	equal "of what had been received" "$(marked received 'dir=c>s')" "$(mib "$C" TcpRetransSegs)"
	equal "observed" "$(marked received 'dir=c>s' marks.1.basis=observed)" "$(mib "$C" TcpRetransSegs)"
	equal "DSACKs sent" "$(marked dsack 'dir=s>c')" "$(mib "$S" TcpExtTCPDSACKOldSent)"
}

all_acked()
{
	[ -n "$(in_ns "$1" ss -tinH dport = :$PORT)" ] &&
		! in_ns "$1" ss -tinH dport = :$PORT | grep -q unacked
}

t_keepalive()
{
	net_pair
	opened
	tell client keepalive 1 1 9
	await "three keepalives" keepalives 3
	tell client keepalive 100 100 9
	observe "$C,$S"
	equal "keepalives" "$(named keepalive 'dir=c>s' 'marks.*.basis=observed')" \
		"$(mib "$C" TcpExtTCPKeepAlive)"
	equal "answers" "$(named keepalive-ack 'dir=s>c')" "$(mib "$C" TcpExtTCPKeepAlive)"
	says 0 type=segment marks.*.name=retransmission
	says 0 type=segment marks.*.name=persist-probe
}

keepalives()
{
	[ "$(mib "$C" TcpExtTCPKeepAlive)" -ge "$1" ]
}

# the server does not read: its window closes, the client asks, until it reads
t_zero_window()
{
	local zero

	net_pair
	no_gso "$C:eth0" "$S:eth0"
	peer server "$S"
	peer client "$C"
	tell server rcvbuf 8192
	tell server listen "$SADDR" $PORT
	tell client connect "$SADDR" $PORT
	tell server accept
	sniff "$S"
	tell client send 60000 &
	await "three window probes" probed 3
	tell server recv 60000
	wait $!
	await "all to be acknowledged" all_acked "$C"
	sniffed
	zero=$(grep -c ' win 0[, ]' "$NT_TMP/sniffed")
	observe "$C,$S"
	says 0 type=gap
	equal "zero windows" "$(named zero-window)" "$zero"
	equal "persist probes" "$(named persist-probe 'dir=c>s')" "$(mib "$C" TcpExtTCPWinProbe)"
	# it answers no more than two a second
	equal "answers" "$(named persist-ack 'dir=s>c')" \
		$(($(mib "$C" TcpExtTCPWinProbe) - $(mib "$S" TcpExtTCPACKSkippedSeq)))
	says 0 type=segment marks.*.name=keepalive
	at_least "window full" "$(named window-full 'dir=c>s')" 1
	equal "reopened" "$(marked reopened 'dir=s>c')" "$(mib "$S" TcpExtTCPFromZeroWindowAdv)"
}

probed()
{
	[ "$(mib "$C" TcpExtTCPWinProbe)" -ge "$1" ]
}

# the router marks instead of dropping
t_ecn()
{
	routed
	must in_ns "$C" sysctl -qw net.ipv4.tcp_ecn=1
	opened
	impair loss 20% ecn
	transfer 60000
	repair
	observe "$C,$S"
	says 0 type=gap
	equal "offered" "$(marked offered flags=SYN,ECE,CWR)" 1
	equal "accepted" "$(marked accepted)" 1
	at_least "InCEPkts" "$(mib "$S" IpExtInCEPkts)" 3
	equal "congestion experienced" "$(said type=segment 'dir=c>s' 'marks.*.reason=ce|ce+cwr')" \
		"$(mib "$S" IpExtInCEPkts)"
	at_least "told back" "$(marked ece 'dir=s>c')" 1
	at_least "reacted to" "$(said type=segment 'dir=c>s' 'marks.*.reason=cwr|ce+cwr')" 1
	says 0 type=segment marks.*.name=retransmission
}

# the first connection gets a cookie, the second sends data with it
t_fastopen()
{
	net_pair
	must in_ns "$C" sysctl -qw net.ipv4.tcp_fastopen=3
	must in_ns "$S" sysctl -qw net.ipv4.tcp_fastopen=3
	peer server "$S"
	peer client "$C"
	tell server listen "$SADDR" $PORT
	tell server tfo 5
	tell client open "$SADDR" $PORT 9
	tell server accept
	tell server recv 9
	tell client close
	tell client open "$SADDR" $PORT 9
	tell server accept
	tell server recv 9
	observe "$C,$S"
	equal "TCPFastOpenCookieReqd" "$(mib "$S" TcpExtTCPFastOpenCookieReqd)" 1
	equal "cookie" "$(marked cookie flags=SYN len=0)" 1
	equal "granted" "$(marked granted flags=SYN,ACK)" 1
	equal "TCPFastOpenActive" "$(mib "$C" TcpExtTCPFastOpenActive)" 1
	equal "data" "$(marked data flags=SYN len=9)" 1
	equal "TCPFastOpenPassive" "$(mib "$S" TcpExtTCPFastOpenPassive)" 1
	equal "data accepted" "$(marked 'data accepted' flags=SYN,ACK)" 1
}

t_syn_cookie()
{
	net_pair
	must in_ns "$S" sysctl -qw net.ipv4.tcp_syncookies=2
	opened
	observe "$C,$S"
	equal "SyncookiesSent" "$(mib "$S" TcpExtSyncookiesSent)" 1
	equal "SYN cookies" "$(named syn-cookie flags=SYN,ACK)" 1
	must in_ns "$S" sysctl -qw net.ipv4.tcp_syncookies=1
	rm "$NT_TMP"/*.in "$NT_TMP"/*.out
	PORT=8081
	opened
	observe "$C,$S"
	equal "SYN cookies" "$(named syn-cookie flags=SYN,ACK)" "$(mib "$S" TcpExtSyncookiesSent)"
}

# forged segments in the middle of a connection (RFC 5961)
t_challenge()
{
	local seq ack

	net_routed
	must in_ns "$S" sysctl -qw net.ipv4.tcp_invalid_ratelimit=0
	opened
	tell client send 5
	tell server recv 5
	tell server send 7
	tell client recv 7
	await "all to be acknowledged" all_acked "$C"
	observe "$C"
	read -r seq ack < <(ntq -p seq_abs,ack_abs type=segment 'dir=c>s' <"$JSON" | tail -n 1)
	forged S $((seq - 3)) 0
	challenged 1
	forged R $((seq + 3)) 0
	challenged 2
	forged A "$seq" $((ack - 1000000000 < 0 ? ack + 3294967296 : ack - 1000000000))
	challenged 3
	# outside the window, nothing answers
	forged R $((seq - 3)) 0
	tell client send 5
	tell server recv 5
	observe "$C,$S"
	equal "TCPSYNChallenge" "$(mib "$S" TcpExtTCPSYNChallenge)" 1
	equal "TCPChallengeACK" "$(mib "$S" TcpExtTCPChallengeACK)" 3
	equal "challenge ACKs" "$(named challenge-ack 'dir=s>c')" 3
	equal "of a SYN" "$(marked syn 'dir=s>c')" 1
	equal "of a RST" "$(marked rst 'dir=s>c')" 1
	equal "of an ACK" "$(marked ack 'dir=s>c')" 1
	says 1 type=conversation proto=tcp
}

# forged FLAGS SEQ ACK: as from the client, sent by the router
forged()
{
	must in_ns "$R" forge "$CADDR" "$CPORT" "$SADDR" $PORT "$1" $(($2 & 0xffffffff)) "$3"
}

challenged()
{
	await "challenge ACK $1" has_challenged "$1"
}

has_challenged()
{
	[ "$(mib "$S" TcpExtTCPChallengeACK)" -ge "$1" ]
}

# the same port again, while the first connection is in TIME-WAIT
t_port_reuse()
{
	net_pair
	# where all is busy the client sends its FIN again; by the time that it is answered again
	# the client is gone, and what it says then would end the TIME-WAIT (RFC 1337)
	must in_ns "$S" sysctl -qw net.ipv4.tcp_rfc1337=1
	peer server "$S"
	peer client "$C"
	tell server listen "$SADDR" $PORT
	for _ in 1 2; do
		tell client bind "$CADDR" 40123
		tell client connect "$SADDR" $PORT
		tell server accept
		tell server close
		tell client eof
		tell client close
		until_true $((60 * SLOW)) in_time_wait ||
			fail "no TIME-WAIT: server $(in_ns "$S" ss -tano), client $(in_ns "$C" ss -tano)"
	done
	observe "$C,$S"
	says 2 type=conversation client.port=40123
	equal "port reuse" "$(named port-reuse flags=SYN)" 1
}

in_time_wait()
{
	[ -n "$(in_ns "$S" ss -tanH state time-wait)" ]
}

# a packet that the firewall drops is "not delivered" here, as it is without a reason
load_with drops=0
nt_main t_loss t_tail t_fast t_reorder t_duplicate t_spurious t_keepalive t_zero_window t_ecn \
	t_fastopen t_syn_cookie t_challenge t_port_reuse
