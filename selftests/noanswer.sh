#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Why is there no answer?  A SYN that a firewall drops, one that meets a full accept
# queue and one for which nobody listens are told apart.  The judges are nft's
# counters, the kernel's own and what connect() returns.

# shellcheck disable=SC2016 # programs in single quotes: awk's and the inner shell's
# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

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
	net_pair
	peer server $S
	tell server listen $SADDR $PORT 4
	drop_in $S "tcp dport $PORT"
	refused_with ETIMEDOUT
	observe $C,$S
	n=$(dropped $S)
	at_least "dropped by the rule" "$n" 2
	says "$n" type=drop reason=NETFILTER_DROP netns=$S delivered=false basis=observed
	says "$n" type=segment marks.0.name=dropped marks.0.reason=NETFILTER_DROP
	# what is known is not inferred besides
	says 0 type=segment marks.0.name=not-delivered
	says 0 type=segment marks.1.name=not-delivered
	says 1 type=conversation opened=unanswered failed.why=dropped failed.reason=NETFILTER_DROP
	drawn "dropped in $S: NETFILTER_DROP"
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
	net_pair
	refused_with ECONNREFUSED
	observe $C,$S
	says 1 type=drop reason=NO_SOCKET netns=$S delivered=true
	says 1 type=conversation opened=refused failed.why=no-listener failed.basis=observed
	says 1 type=segment flags=SYN 'sightings.1.hook=LOCAL_IN'
	drawn "discarded in $S: NO_SOCKET"
	listed refused
}

load
nt_main t_firewall t_accept_queue t_nobody
