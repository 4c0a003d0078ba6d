#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# Why is there no answer?  A SYN that a firewall drops, one that meets a full accept
# queue and one for which nobody listens are told apart.  The judges are nft's
# counters, the kernel's own and what connect() returns.  A kernel that knows no reasons
# tells of the drop, not why.

# shellcheck disable=SC2016 # programs in single quotes: awk's and the inner shell's
# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"
# shellcheck source=selftests/lib/reasons.sh
. "$(dirname "$0")/lib/reasons.sh"

NT_DROPS=1

# counter NAME: of the server's namespace
counter()
{
	in_ns "$S" nstat -asz "$1" | awk -v name="$1" '$1 == name { print $2 }'
}

# refused_with ERRNO: what a client that tries twice is told
refused_with()
{
	must in_ns "$C" sysctl -qw net.ipv4.tcp_syn_retries=1
	peer client "$C"
	ask client connect "$SADDR" $PORT
	equal "connect()" "$REPLY" "err $1"
}

# listed WORD: how `list` says that it ended
listed()
{
	must "$NETTRACE" list -w 100 -N "$C,$S"
	equal "list" "$("$NETTRACE" list -w 100 -N "$C,$S" | awk '$2 == "tcp" { print $NF }')" "$1"
}

# drawn WORDS: they stand in the picture
drawn()
{
	"$NETTRACE" timeline -w 100 -N "$C,$S" >"$NT_TMP/picture" || fail "timeline"
	grep -q "$1" "$NT_TMP/picture" || fail "the picture does not say '$1': $(cat "$NT_TMP/picture")"
}

t_firewall()
{
	local why

	reasons_seen
	why=$(named NETFILTER_DROP)
	net_pair
	peer server $S
	tell server listen $SADDR $PORT 4
	drop_in $S "tcp dport $PORT"
	refused_with ETIMEDOUT
	observe $C,$S
	n=$(dropped $S)
	at_least "dropped by the rule" "$n" 2
	says "$n" type=drop reason="$why" netns=$S delivered=false basis=observed
	says "$n" type=segment marks.0.name=dropped marks.0.reason="$why"
	# what is known is not inferred besides
	says 0 type=segment marks.0.name=not-delivered
	says 0 type=segment marks.1.name=not-delivered
	says 1 type=conversation opened=unanswered failed.why=dropped failed.reason="$why"
	drawn "dropped in $S: $why"
	listed dropped
}

t_accept_queue()
{
	net_pair
	peer server $S
	tell server listen $SADDR $PORT 0
	peer first $C
	tell first connect $SADDR $PORT
	refused_with ETIMEDOUT
	at_least "overflows" "$(counter TcpExtListenOverflows)" 2
	observe $C,$S
	says 1 type=conversation opened=unanswered failed.why=accept-queue-full failed.basis=inferred
	says 0 type=conversation failed.why=dropped
	drawn "ACCEPT QUEUE FULL"
}

t_nobody()
{
	local why

	reasons_seen
	why=$(named NO_SOCKET)
	net_pair
	refused_with ECONNREFUSED
	observe $C,$S
	says 1 type=drop reason="$why" netns=$S delivered=true
	if reasons; then
		says 1 type=conversation opened=refused failed.why=no-listener failed.basis=observed
	else
		says 1 type=conversation opened=refused '!failed'
	fi
	says 1 type=segment flags=SYN 'sightings.1.hook=LOCAL_IN'
	drawn "discarded in $S: $why"
	listed refused
}

load
nt_main t_firewall t_accept_queue t_nobody
