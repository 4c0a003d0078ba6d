// SPDX-License-Identifier: GPL-2.0-only
/*
 * names_drop.c - what the kernel's names for drops say, for people
 *
 * The names are those of the kernels 5.17 to 7.2.  One that is not here is shown
 * as it is, without words of ours.
 */
#include <stddef.h>
#include <string.h>

#include "names.h"

static const struct {
	const char *reason, *text;
} table[] = {
	{ "NOT_SPECIFIED", "the kernel gives no reason" },
	/* on the way */
	{ "NETFILTER_DROP", "a firewall rule" },
	{ "IP_RPFILTER", "rp_filter: the way back is another" },
	{ "IP_INHDR", "its IP header is wrong, or its TTL used up" },
	{ "IP_CSUM", "wrong IP checksum" },
	{ "IP_INNOROUTES", "no route to its destination" },
	{ "IP_OUTNOROUTES", "no route to its destination" },
	{ "IP_INADDRERRORS", "its destination is unreachable" },
	{ "IP_LOCAL_SOURCE", "it comes from outside with an address of this host" },
	{ "IP_LOCALNET", "a loopback address outside of the host" },
	{ "IP_INVALID_SOURCE", "its source is no address of a host" },
	{ "UNICAST_IN_L2_MULTICAST", "a frame for many, a datagram for one" },
	{ "XFRM_POLICY", "an IPsec policy" },
	{ "PKT_TOO_BIG", "larger than the MTU" },
	{ "PKT_TOO_SMALL", "shorter than its headers say" },
	{ "HDR_TRUNC", "it ends inside a header" },
	{ "IPV6DISABLED", "IPv6 is off on this device" },
	{ "IPV6_BAD_EXTHDR", "a wrong extension header" },
	{ "OTHERHOST", "for another host" },
	{ "UNHANDLED_PROTO", "nothing here takes this kind of frame" },
	{ "BPF_CGROUP_EGRESS", "a BPF program of its control group" },
	{ "TC_EGRESS", "traffic control, as it leaves" },
	{ "TC_INGRESS", "traffic control, as it arrives" },
	{ "QDISC_DROP", "the device's queue (traffic control)" },
	{ "QDISC_OVERLIMIT", "the device's queue is full" },
	{ "QDISC_CONGESTED", "the device's queue: congestion" },
	{ "XDP", "an XDP program" },
	{ "CPU_BACKLOG", "the queue of this CPU is full" },
	{ "FULL_RING", "the device's ring is full" },
	{ "DEV_READY", "the device is not up" },
	{ "NOMEM", "memory is short" },
	/* neighbours */
	{ "NEIGH_FAILED", "the next hop does not answer" },
	{ "NEIGH_QUEUEFULL", "too many packets wait for the next hop" },
	{ "NEIGH_CREATEFAIL", "no place for the next hop in the neighbour table" },
	{ "NEIGH_DEAD", "the next hop's entry has gone" },
	/* fragments */
	{ "DUP_FRAG", "a fragment that came before" },
	{ "FRAG_REASM_TIMEOUT", "the other fragments did not come in time" },
	{ "FRAG_TOO_FAR", "a fragment that came much too late" },
	/* for a socket */
	{ "NO_SOCKET", "nobody listens there" },
	{ "IP_NOPROTO", "nobody takes this protocol" },
	{ "SOCKET_FILTER", "the socket's own filter" },
	{ "SOCKET_RCVBUFF", "the socket's receive buffer is full" },
	{ "SOCKET_BACKLOG", "too much waits for the socket" },
	{ "PROTO_MEM", "the protocol's memory is used up" },
	{ "UDP_CSUM", "wrong UDP checksum" },
	{ "ICMP_CSUM", "wrong ICMP checksum" },
	{ "SKB_CSUM", "wrong checksum" },
	/* TCP */
	{ "TCP_CSUM", "wrong TCP checksum" },
	{ "TCP_FLAGS", "flags that do not fit" },
	{ "TCP_ZEROWINDOW", "more than a window of 0 takes" },
	{ "TCP_OVERWINDOW", "beyond the window" },
	{ "TCP_OLD_DATA", "data that has been received" },
	{ "TCP_OLD_SEQUENCE", "numbers that have been received" },
	{ "TCP_INVALID_SEQUENCE", "numbers outside of the window" },
	{ "TCP_INVALID_END_SEQUENCE", "it ends outside of the window" },
	{ "TCP_OFOMERGE", "data that waits already" },
	{ "TCP_OFO_DROP", "data that has been received" },
	{ "TCP_OFO_QUEUE_PRUNE", "memory is short: what came out of order goes" },
	{ "TCP_RFC7323_PAWS", "its timestamp is too old (PAWS)" },
	{ "TCP_RFC7323_PAWS_ACK", "its timestamp is too old (PAWS)" },
	{ "TCP_RFC7323_TW_PAWS", "its timestamp is too old for TIME-WAIT (PAWS)" },
	{ "TCP_RFC7323_TSECR", "it echoes a timestamp that was not sent" },
	{ "TCP_RESET", "a RST that is not to be believed" },
	{ "TCP_INVALID_SYN", "a SYN into a connection" },
	{ "TCP_CLOSE", "the socket is closed" },
	{ "TCP_FASTOPEN", "the request waits for its ACK" },
	{ "TCP_OLD_ACK", "it acknowledges nothing new" },
	{ "TCP_TOO_OLD_ACK", "it acknowledges what is long past" },
	{ "TCP_ACK_UNSENT_DATA", "it acknowledges what was not sent" },
	{ "TCP_MINTTL", "its TTL is below what the socket asks" },
	{ "TCP_LISTEN_OVERFLOW", "the accept queue is full" },
	{ "TCP_REQQFULLDROP", "the queue of half-open connections is full" },
	{ "TCP_ABORT_ON_DATA", "nobody is there to read it" },
	{ "TCP_MD5NOTFOUND", "its MD5 signature is missing" },
	{ "TCP_MD5UNEXPECTED", "an MD5 signature where none is used" },
	{ "TCP_MD5FAILURE", "its MD5 signature is wrong" },
	{ "QUEUE_PURGE", "the queue in which it waited was emptied" },
};

const char *nt_drop_text(const char *reason)
{
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (!strcmp(table[i].reason, reason))
			return table[i].text;
	return NULL;
}
