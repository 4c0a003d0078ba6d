# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# reasons.sh - does this kernel say why it drops a packet?  5.10 does not.
# Sourced after nt.sh.

# reasons_seen: tracefs, which tells, is there
reasons_seen()
{
	[ -e "$TRACING/trace" ] || mount -t tracefs tracefs "$TRACING" 2>/dev/null || skip "no tracefs here"
	[ -e "$TRACING/events/skb/kfree_skb" ] || skip "tracefs has no skb:kfree_skb here"
}

# reasons: this kernel has some
reasons()
{
	grep -q reason "$TRACING/events/skb/kfree_skb/format"
}

# named NAME: as this kernel calls it
named()
{
	if reasons; then
		echo "$1"
	else
		echo NOT_SPECIFIED
	fi
}
