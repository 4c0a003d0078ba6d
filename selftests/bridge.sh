#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# A bridge with three hosts (hooks=link): to which ports a frame is flooded, and to
# which one it goes.  The judges are the bridge's own table and nft's counters.

# shellcheck disable=SC2016 # programs in single quotes: awk's and the inner shell's
# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"
# shellcheck source=selftests/lib/reasons.sh
. "$(dirname "$0")/lib/reasons.sh"

B=nts-b

# net_bridged: nts-h1, nts-h2, nts-h3 at the ports p1, p2, p3 of br0 in nts-b
net_bridged()
{
	local i

	ns_add $B
	must ip -n $B link add br0 type bridge mcast_snooping 0
	must ip -n $B link set br0 addrgenmode none
	must ip -n $B addr add 10.0.1.100/24 dev br0
	must in_ns $B sysctl -qw net.ipv4.neigh.br0.delay_first_probe_time=600
	must ip -n $B link set br0 up
	for i in 1 2 3; do
		ns_add nts-h$i
		must ip link add eth0 netns nts-h$i type veth peer name p$i netns $B
		must ip -n nts-h$i link set eth0 addrgenmode none
		must ip -n $B link set p$i addrgenmode none
		must ip -n nts-h$i addr add 10.0.1.$i/24 dev eth0
		# nor does it ask again what it knows, while the test counts; as above
		must in_ns nts-h$i sysctl -qw net.ipv4.neigh.eth0.delay_first_probe_time=600
		must ip -n nts-h$i link set eth0 up
		must ip -n $B link set p$i master br0
		must ip -n $B link set p$i up
	done
	await "the ports to forward" eval '[ "$(bridge -n $B link show | grep -c "state forwarding")" = 3 ]'
	# not one rule with a set of both: of those nf_tables' own code complains on a kernel
	# with PROVE_RCU (nft_bitmap_insert())
	must in_ns $B nft "add table bridge nts
		add chain bridge nts in { type filter hook input priority 0; }
		add chain bridge nts thru { type filter hook forward priority 0; }
		add chain bridge nts out { type filter hook output priority 0; }
		add rule bridge nts in ether type ip counter
		add rule bridge nts in ether type arp counter
		add rule bridge nts thru ether type ip counter
		add rule bridge nts thru ether type arp counter
		add rule bridge nts out ether type ip counter
		add rule bridge nts out ether type arp counter"
}

mac_of()
{
	ip -n "$1" -o link show "$2" | sed 's/.*link\/ether \([0-9a-f:]*\).*/\1/'
}

index_of()
{
	ip -n $B -o link show "$1" | cut -d : -f 1
}

# frames WORD...: the bridge's records with these words
frames()
{
	evdump -N $B | sort -t = -k 2,2n | awk -v words="$*" '$1 == "packet" && / hook=BR_/ {
		ok = 1
		k = split(words, w, " ")
		for (i = 1; i <= k; i++) ok = ok && index($0 " ", " " w[i] " ")
		if (ok) print
	}'
}

# counted CHAIN: by nft
counted()
{
	in_ns $B nft list chain bridge nts "$1" | sed -n 's/.*counter packets \([0-9]*\).*/\1/p' |
		awk '{ n += $1 } END { print n }'
}

# like_nft: as many records as nft has counted, at each hook
like_nft()
{
	local pair

	for pair in in:IN thru:FORWARD out:OUT; do
		equal "frames at ${pair#*:}" "$(frames hook=BR_"${pair#*:}" | grep -cE ' family=(4|8) ')" "$(counted "${pair%:*}")"
	done
}

t_flooded()
{
	load_with hooks=link
	net_bridged
	must in_ns nts-h1 ping -qc 1 10.0.1.2
	# the request to all ports but its own, and to the bridge's own address
	frames hook=BR_FORWARD family=8 op=1 src=10.0.1.1 dst=10.0.1.2 to=ff:ff:ff:ff:ff:ff >"$NT_TMP/lines"
	equal "ports of the request" "$(sed 's/.* dev=\([^ ]*\) .*/\1/' "$NT_TMP/lines" | sort | tr '\n' ' ')" "p2 p3 "
	equal "the port it came by" "$(sed 's/.* in=\([0-9]*\) .*/\1/' "$NT_TMP/lines" | sort -u)" "$(index_of p1)"
	equal "its addresses" "$(sed 's/.* from=\([^ ]*\) to=\([^ ]*\) .*/\1 \2/' "$NT_TMP/lines" | sort -u)" \
		"$(mac_of nts-h1 eth0) ff:ff:ff:ff:ff:ff"
	equal "to the host" "$(frames hook=BR_IN family=8 op=1 dst=10.0.1.2 to=ff:ff:ff:ff:ff:ff | grep -c ' dev=p1 ')" 1
	# the reply to one
	frames hook=BR_FORWARD family=8 op=2 src=10.0.1.2 >"$NT_TMP/lines"
	equal "ports of the reply" "$(sed 's/.* dev=\([^ ]*\) .* in=\([0-9]*\) .*/\1 \2/' "$NT_TMP/lines")" "p1 $(index_of p2)"
	# as the bridge has learned
	equal "of the table" "$(bridge -n $B fdb show br br0 | awk -v m="$(mac_of nts-h1 eth0)" '$1 == m && !/permanent/ { print $3; exit }')" p1
	frames hook=BR_FORWARD proto=1 icmp=8/0 >"$NT_TMP/lines"
	equal "ports of the datagram" "$(sed 's/.* dev=\([^ ]*\) .*/\1/' "$NT_TMP/lines")" p2
	like_nft
	in_ns $B cat /proc/nettrace >"$NT_TMP/text"
	grep -q 'BR_FORWARD *p3 ARP who has 10.0.1.2' "$NT_TMP/text" || fail "no line for people"
}

# frames for the bridge's own host, and of it
t_host()
{
	load_with hooks=link
	net_bridged
	must in_ns nts-h3 ping -qc 2 -i 0.2 10.0.1.100
	equal "requests for the host" "$(frames hook=BR_IN proto=1 icmp=8/0 | grep -c ' dev=p3 ')" 2
	equal "its replies" "$(frames hook=BR_OUT proto=1 icmp=0/0 | grep -c ' dev=p3 ')" 2
	equal "forwarded" "$(frames hook=BR_FORWARD proto=1 | grep -c .)" 0
	equal "at the hooks of IP" "$(evdump -N $B | grep -c ' dev=br0 hook=LOCAL_IN proto=1 ')" 2
	like_nft
}

# the table does not know the owner: each other host gets it, and drops it
t_unknown()
{
	reasons_seen
	NT_DROPS=1
	load_with hooks=link
	net_bridged
	must in_ns nts-h1 ping -qc 1 10.0.1.2
	must bridge -n $B fdb del "$(mac_of nts-h2 eth0)" dev p2 master
	must in_ns nts-h1 ping -qc 1 10.0.1.2
	frames hook=BR_FORWARD proto=1 icmp=8/0 >"$NT_TMP/lines"
	equal "ports of both datagrams" "$(sed 's/.* dev=\([^ ]*\) .*/\1/' "$NT_TMP/lines" | sort | tr '\n' ' ')" "p2 p2 p3 "
	like_nft
	# without a reason nothing tells in whose namespace it is dropped
	if ! reasons; then
		at_least "counted" "$(stat_of drops_unplaced)" 1
		return
	fi
	evdump -N nts-h3 >"$NT_TMP/h3"
	equal "the other host" "$(grep -c 'hook=DROPPED proto=1 .*OTHERHOST.* dst=10.0.1.2 ' "$NT_TMP/h3")" 1
	equal "its reason" "$(grep -c '^drop .* name=OTHERHOST$' "$NT_TMP/h3")" 1
	# and the other way round: who gets the last copy gets the sender's socket with it
	must in_ns nts-h1 ping -qc 1 10.0.1.3
	must bridge -n $B fdb del "$(mac_of nts-h3 eth0)" dev p3 master
	must in_ns nts-h1 ping -qc 1 10.0.1.3
	evdump -N nts-h2 >"$NT_TMP/h2"
	equal "the other one" "$(grep -c ' dev=eth0 hook=DROPPED proto=1 .*OTHERHOST.* dst=10.0.1.3 ' "$NT_TMP/h2")" 1
	evdump -N nts-h1 >"$NT_TMP/h1"
	equal "at their sender" "$(grep -c 'hook=DROPPED' "$NT_TMP/h1")" 0
}

# without hooks=link nothing of a bridge is recorded
t_default()
{
	load
	net_bridged
	must in_ns nts-h1 ping -qc 1 10.0.1.2
	equal "frames" "$(frames | grep -c .)" 0
	must "$NETTRACE" stop -N $B
	must "$NETTRACE" start --hooks link -N $B
	must in_ns nts-h1 ping -qc 1 10.0.1.2
	at_least "frames after a start with link" "$(frames hook=BR_FORWARD proto=1 | grep -c .)" 2
}

nt_main t_flooded t_host t_unknown t_default
