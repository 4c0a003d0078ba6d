#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# How the kernel routes local packets, as the module records it.  The judge is ip
# route get, which asks the kernel in its own way.

# shellcheck disable=SC2016 # programs in single quotes: awk's and the inner shell's
# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

# routes NETNS WORD...: the records with these words
routes()
{
	local ns=$1

	shift
	evdump -N "$ns" | sort -t = -k 2,2n | awk -v words="$*" '$1 == "route" {
		ok = 1
		k = split(words, w, " ")
		for (i = 1; i <= k; i++) ok = ok && index($0 " ", " " w[i] " ")
		if (ok) print
	}'
}

# field KEY: of the first line on stdin
field()
{
	sed -n "1s/.* $1=\([^ ]*\).*/\1/p"
}

# got NETNS DST KEY: what follows KEY in ip's answer for DST
got()
{
	ip -n "$1" route get "$2" | tr '\n' ' ' | sed -n "s/.* $3 \([^ ]*\).*/\1/p"
}

# matched NETNS DST: the length of the prefix of the entry that ip says matches
matched()
{
	local entry

	entry=$(ip -n "$1" route get fibmatch "$2" | awk '{ print $1 == "local" ? $2 : $1 }')
	case $entry in
	default) echo 0 ;;
	*/*) echo "${entry#*/}" ;;
	*:*) echo 128 ;;
	*) echo 32 ;;
	esac
}

# judge NETNS DST: the record of the SYN to DST against ip's word
judge()
{
	local ns=$1 dst=$2 via

	routes "$ns" proto=6 dst="$dst" >"$NT_TMP/lines"
	equal "records of the SYN to $dst" "$(grep -c . "$NT_TMP/lines")" 1
	via=$(got "$ns" "$dst" via)
	equal "device to $dst" "$(field dev <"$NT_TMP/lines")" "$(got "$ns" "$dst" dev)"
	equal "source to $dst" "$(field src <"$NT_TMP/lines")" "$(got "$ns" "$dst" src)"
	if [ -n "$via" ]; then
		equal "gateway to $dst" "$(field gateway <"$NT_TMP/lines")" "$via"
		grep -q ' flags=GATEWAY' "$NT_TMP/lines" || fail "no gateway: $(cat "$NT_TMP/lines")"
	else
		! grep -q 'GATEWAY' "$NT_TMP/lines" || fail "a gateway: $(cat "$NT_TMP/lines")"
	fi
	grep -q ' flags=[A-Z,_]*FIB' "$NT_TMP/lines" || fail "no entry: $(cat "$NT_TMP/lines")"
	equal "prefix that matches $dst" "$(field match <"$NT_TMP/lines")" "$(matched "$ns" "$dst")"
}

t_on_link()
{
	load
	net_pair
	must ip -n $C link set eth0 mtu 1400
	opened
	judge $C $SADDR
	equal "who installed it, its scope, table, MTU" "$(sed 's/.* srclen=\([0-9]*\) match=[0-9]* by=\([0-9]*\) scope=\([0-9]*\) table=\([0-9]*\) mtu=\([0-9]*\) .*/\1 \2 \3 \4 \5/' "$NT_TMP/lines")" \
		"24 2 253 254 1400"
	equal "whose it is" "$(field pid <"$NT_TMP/lines")" "${PEER_PID[client]}"
	equal "of the server, which opens nothing" "$(routes $S | grep -c .)" 0
	in_ns $C cat /proc/nettrace >"$NT_TMP/text"
	grep -q "route *eth0 $CADDR/24 > $SADDR on-link  matches /24 of table 254 mtu=1400" "$NT_TMP/text" ||
		fail "no line for people: $(grep route "$NT_TMP/text")"
}

t_gateway()
{
	load
	net_routed
	opened
	judge $C $SADDR
	equal "prefix, installer, scope" "$(sed 's/.* match=\([0-9]*\) by=\([0-9]*\) scope=\([0-9]*\) .*/\1 \2 \3/' "$NT_TMP/lines")" "0 3 0"
	# nobody here has opened a connection: it is forwarded
	equal "of the router" "$(routes $R proto=6 | grep -c .)" 0
}

# the longest prefix, and a table of its own
t_longest()
{
	load
	net_routed
	must ip -n $C route add 10.0.2.0/28 via 10.0.1.2 metric 7
	opened
	judge $C $SADDR
	equal "prefix" "$(field match <"$NT_TMP/lines")" 28
}

t_table()
{
	load
	net_routed
	must ip -n $C route add 10.0.2.0/25 via 10.0.1.2 table 100
	must ip -n $C rule add to 10.0.2.0/24 table 100
	opened
	judge $C $SADDR
	equal "prefix and table" "$(field match <"$NT_TMP/lines") $(field table <"$NT_TMP/lines")" "25 100"
}

t_ipv6()
{
	load
	net_routed
	FAMILY=6 opened
	judge $C $SADDR6
	peer near $R
	tell near listen fd00:1::2 81
	tell client close
	tell client connect fd00:1::2 81
	judge $C fd00:1::2
	equal "of the address" "$(field srclen <"$NT_TMP/lines")" 64
}

t_local()
{
	load
	net_lo
	opened
	routes $C proto=6 dst=127.0.0.1 >"$NT_TMP/lines"
	equal "records" "$(grep -c ' dev=lo .*flags=LOCAL' "$NT_TMP/lines")" 1
	equal "the table" "$(field table <"$NT_TMP/lines")" 255
	equal "prefix" "$(field match <"$NT_TMP/lines")" "$(matched $C 127.0.0.1)"
}

# right before its packet; a retransmission has none
t_place()
{
	load
	net_pair
	drop_in $S
	peer client $C
	tell client start $SADDR $PORT
	await "a retransmission" eval '[ "$(evdump -N $C | grep -c "hook=LOCAL_OUT .*tcp=SYN ")" -ge 2 ]'
	equal "records" "$(routes $C proto=6 | grep -c .)" 1
	evdump -N $C | awk '
		$1 == "route" && / proto=6 / { split($4, n, "="); want = "packet " $2 " " $3 " n=" n[2] + 1 }
		$1 == "packet" && / hook=LOCAL_OUT .*tcp=SYN / && !seen++ { have = $1 " " $2 " " $3 " " $4 }
		END { exit want == "" || want != have }' || fail "it does not stand before its packet"
}

# other protocols only where somebody asks, and once
t_others()
{
	local pid

	load
	net_pair
	must in_ns $C ping -qc 1 $SADDR
	equal "when nobody asks" "$(routes $C | grep -c .)" 0
	ip netns exec $C "$NETTRACE" follow >"$NT_TMP/out" 2>&1 &
	pid=$!
	echo $pid >>"$NT_TMP/pids"
	await "routes to be recorded" eval '[ "$(stat_of routes $C)" = 1 ]'
	equal "in the other namespace" "$(stat_of routes $S)" 0
	must in_ns $C taskset -c 0 ping -qc 2 -i 0.2 $SADDR
	equal "of two requests" "$(routes $C proto=1 dst=$SADDR | grep -c ' match=24 ')" 1
	must ip -n $C route add $SADDR/32 via 10.0.1.2
	must in_ns $C taskset -c 0 ping -qc 1 $SADDR
	equal "the other decision" "$(routes $C proto=1 dst=$SADDR | grep -c ' match=32 ')" 1
	kill $pid
	wait $pid
	equal "when it has gone" "$(stat_of routes $C)" 0
}

nt_main t_on_link t_gateway t_longest t_table t_ipv6 t_local t_place t_others
