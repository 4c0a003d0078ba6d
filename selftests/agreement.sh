#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: --icount --mem 768
# kernel: 6.1
# debug: kmemleak=off
#
# What the tracker infers from segments is what the sockets did: connections of
# all kinds through a bad network, and no disagreement that has no name.
#
#   AGREEMENT_CONNECTIONS  how many (300), AGREEMENT_AT_A_TIME (30)
#   AGREEMENT_SEED         which ways they take (1)
#   AGREEMENT_OUT          a folder, for the account and the recording
#
# The full run is that of scripts/agreement.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

CONNECTIONS=${AGREEMENT_CONNECTIONS:-300}
AT_A_TIME=${AGREEMENT_AT_A_TIME:-30}
SEED=${AGREEMENT_SEED:-1}
# an orphan may send its FIN for two minutes, TIME-WAIT lasts one
PATIENCE=400

# bad_network: on the router, where it harms what the hooks at both ends have
# seen or will see, and never only one of them
bad_network()
{
	local dev

	for dev in left right; do
		must tc -n "$R" qdisc add dev $dev root netem limit 5000 delay 12ms 8ms \
			loss 2% duplicate 2% reorder 10% 50%
	done
	# ports where nobody answers, and where ICMP does
	must in_ns "$S" nft "add table inet nts
		add chain inet nts in { type filter hook input priority 0; }
		add rule inet nts in tcp dport 9 drop
		add rule inet nts in tcp dport 11 reject with icmpx admin-prohibited"
}

willing()
{
	local ns

	for ns in $C $S; do
		must in_ns "$ns" sysctl -qw net.ipv4.tcp_fastopen=3 \
			net.ipv4.tcp_fastopen_blackhole_timeout_sec=0 \
			net.ipv4.tcp_orphan_retries=4 net.ipv4.tcp_fin_timeout=10
	done
}

# no TCP socket is left, neither half-open ones nor those in TIME-WAIT
no_sockets()
{
	[ -z "$(in_ns "$C" ss -Htan; in_ns "$S" ss -Htan)" ]
}

# seldom: looking costs time, waiting costs none (--icount)
await_no_sockets()
{
	local end=$((SECONDS + PATIENCE))

	until no_sockets; do
		[ $SECONDS -lt $end ] ||
			fail "sockets are left: $(in_ns "$C" ss -Htano | head -n 5; in_ns "$S" ss -Htano | head -n 5)"
		pause 4
	done
}

opens_of()
{
	in_ns "$1" cat /proc/net/snmp | awk '$1 == "Tcp:" { print $6 }' | tail -n 1
}

# value PATH: of the account
value()
{
	python3 -c 'import json, sys
v = json.load(open(sys.argv[1]))
for key in sys.argv[2].split("."):
    v = v[key]
print(v)' "$NT_TMP/account" "$1"
}

# over_ceiling: reasons that excuse more than they may, one a line
over_ceiling()
{
	python3 -c 'import json, sys
a = json.load(open(sys.argv[1]))
for name, e in a["excused"].items():
    if e["count"] * 1000 > e["per_1000"] * a["connections"]:
        print(name, e["count"], "of", a["connections"])' "$NT_TMP/account"
}

keep()
{
	[ -z "${AGREEMENT_OUT:-}" ] || cp "$@" "$AGREEMENT_OUT/"
}

record_traffic()
{
	"$NETTRACE" record "$NT_TMP/recording" -N "$C","$S" 2>"$NT_TMP/recorder" &
	RECORDER=$!
	echo $RECORDER >>"$NT_TMP/pids"
	await "the recorder to begin" test -s "$NT_TMP/recording"
	conns -n "$CONNECTIONS" -p "$AT_A_TIME" -s "$SEED" \
		"$C" "$CADDR" "$CADDR6" "$S" "$SADDR" "$SADDR6" >"$NT_TMP/ways" ||
		fail "the connections could not be made"
	await_no_sockets
	kill -INT $RECORDER
	wait $RECORDER || fail "nettrace record: $(cat "$NT_TMP/recorder")"
	diag "$(tr '\n' ' ' <"$NT_TMP/recorder")"
	sed 's/^/# /' "$NT_TMP/ways"
}

t_agreement()
{
	load_with ring=65536 memory=64
	net_routed
	bad_network
	willing
	record_traffic
	"$NETTRACE" disagreements --json -r "$NT_TMP/recording" >"$NT_TMP/differences" ||
		fail "nettrace disagreements failed"
	tail -n 1 "$NT_TMP/differences" >"$NT_TMP/account"
	diag "$(cat "$NT_TMP/account")"
	diag "client opened $(opens_of $C), server opened $(opens_of $S)"
	keep "$NT_TMP/account" "$NT_TMP/ways" "$NT_TMP/recording"
	if [ "$(value unexplained)" != 0 ]; then
		"$NETTRACE" disagreements -r "$NT_TMP/recording" | grep -A 12 unexplained | head -n 60 | sed 's/^/#   /'
	fi
	equal "unexplained disagreements" "$(value unexplained)" 0
	equal "disagreements that were not kept" "$(value not_kept)" 0
	equal "reasons over their ceilings" "$(over_ceiling)" ""
	# each connect() that sent a SYN is one of them
	at_least "connections compared" "$(value connections)" "$(opens_of $C)"
	at_least "transitions compared" "$(value transitions)" $((CONNECTIONS * 8))
}

nt_main t_agreement
