// SPDX-License-Identifier: GPL-2.0-only
/*
 * names_drop.c - what the kernel's names for drops say, for people
 *
 * The names are those of the kernels 5.17 to 7.2.  One that is not here is shown
 * as it is, without words of ours.
 */
#include <stddef.h>
#include <string.h>

#include "i18n.h"
#include "names.h"

static const struct {
	const char *reason, *text;
} table[] = {
	{ "NOT_SPECIFIED", N_("the kernel gives no reason") },
	/* on the way */
	{ "NETFILTER_DROP", N_("a firewall rule") },
	{ "IP_RPFILTER", N_("rp_filter: the way back is another") },
	{ "IP_INHDR", N_("its IP header is wrong, or its TTL used up") },
	{ "IP_CSUM", N_("wrong IP checksum") },
	{ "IP_INNOROUTES", N_("no route to its destination") },
	{ "IP_OUTNOROUTES", N_("no route to its destination") },
	{ "IP_INADDRERRORS", N_("its destination is unreachable") },
	{ "IP_LOCAL_SOURCE", N_("it comes from outside with an address of this host") },
	{ "IP_LOCALNET", N_("a loopback address outside of the host") },
	{ "IP_INVALID_SOURCE", N_("its source is no address of a host") },
	{ "UNICAST_IN_L2_MULTICAST", N_("a frame for many, a datagram for one") },
	{ "XFRM_POLICY", N_("an IPsec policy") },
	{ "PKT_TOO_BIG", N_("larger than the MTU") },
	{ "PKT_TOO_SMALL", N_("shorter than its headers say") },
	{ "HDR_TRUNC", N_("it ends inside a header") },
	{ "IPV6DISABLED", N_("IPv6 is off on this device") },
	{ "IPV6_BAD_EXTHDR", N_("a wrong extension header") },
	{ "OTHERHOST", N_("for another host") },
	{ "UNHANDLED_PROTO", N_("nothing here takes this kind of frame") },
	{ "BPF_CGROUP_EGRESS", N_("a BPF program of its control group") },
	{ "TC_EGRESS", N_("traffic control, as it leaves") },
	{ "TC_INGRESS", N_("traffic control, as it arrives") },
	{ "QDISC_DROP", N_("the device's queue (traffic control)") },
	{ "QDISC_OVERLIMIT", N_("the device's queue is full") },
	{ "QDISC_CONGESTED", N_("the device's queue: congestion") },
	{ "XDP", N_("an XDP program") },
	{ "CPU_BACKLOG", N_("the queue of this CPU is full") },
	{ "FULL_RING", N_("the device's ring is full") },
	{ "DEV_READY", N_("the device is not up") },
	{ "NOMEM", N_("memory is short") },
	/* neighbours */
	{ "NEIGH_FAILED", N_("the next hop does not answer") },
	{ "NEIGH_QUEUEFULL", N_("too many packets wait for the next hop") },
	{ "NEIGH_CREATEFAIL", N_("no place for the next hop in the neighbour table") },
	{ "NEIGH_DEAD", N_("the next hop's entry has gone") },
	/* fragments */
	{ "DUP_FRAG", N_("a fragment that came before") },
	{ "FRAG_REASM_TIMEOUT", N_("the other fragments did not come in time") },
	{ "FRAG_TOO_FAR", N_("a fragment that came much too late") },
	/* for a socket */
	{ "NO_SOCKET", N_("nobody listens there") },
	{ "IP_NOPROTO", N_("nobody takes this protocol") },
	{ "SOCKET_FILTER", N_("the socket's own filter") },
	{ "SOCKET_RCVBUFF", N_("the socket's receive buffer is full") },
	{ "SOCKET_BACKLOG", N_("too much waits for the socket") },
	{ "PROTO_MEM", N_("the protocol's memory is used up") },
	{ "UDP_CSUM", N_("wrong UDP checksum") },
	{ "ICMP_CSUM", N_("wrong ICMP checksum") },
	{ "SKB_CSUM", N_("wrong checksum") },
	/* TCP */
	{ "TCP_CSUM", N_("wrong TCP checksum") },
	{ "TCP_FLAGS", N_("flags that do not fit") },
	{ "TCP_ZEROWINDOW", N_("more than a window of 0 takes") },
	{ "TCP_OVERWINDOW", N_("beyond the window") },
	{ "TCP_OLD_DATA", N_("data that has been received") },
	{ "TCP_OLD_SEQUENCE", N_("numbers that have been received") },
	{ "TCP_INVALID_SEQUENCE", N_("numbers outside of the window") },
	{ "TCP_INVALID_END_SEQUENCE", N_("it ends outside of the window") },
	{ "TCP_OFOMERGE", N_("data that waits already") },
	{ "TCP_OFO_DROP", N_("data that has been received") },
	{ "TCP_OFO_QUEUE_PRUNE", N_("memory is short: what came out of order goes") },
	{ "TCP_RFC7323_PAWS", N_("its timestamp is too old (PAWS)") },
	{ "TCP_RFC7323_PAWS_ACK", N_("its timestamp is too old (PAWS)") },
	{ "TCP_RFC7323_TW_PAWS", N_("its timestamp is too old for TIME-WAIT (PAWS)") },
	{ "TCP_RFC7323_TSECR", N_("it echoes a timestamp that was not sent") },
	{ "TCP_RESET", N_("a RST that is not to be believed") },
	{ "TCP_INVALID_SYN", N_("a SYN into a connection") },
	{ "TCP_CLOSE", N_("the socket is closed") },
	{ "TCP_FASTOPEN", N_("the request waits for its ACK") },
	{ "TCP_OLD_ACK", N_("it acknowledges nothing new") },
	{ "TCP_TOO_OLD_ACK", N_("it acknowledges what is long past") },
	{ "TCP_ACK_UNSENT_DATA", N_("it acknowledges what was not sent") },
	{ "TCP_MINTTL", N_("its TTL is below what the socket asks") },
	{ "TCP_LISTEN_OVERFLOW", N_("the accept queue is full") },
	{ "TCP_REQQFULLDROP", N_("the queue of half-open connections is full") },
	{ "TCP_ABORT_ON_DATA", N_("nobody is there to read it") },
	{ "TCP_MD5NOTFOUND", N_("its MD5 signature is missing") },
	{ "TCP_MD5UNEXPECTED", N_("an MD5 signature where none is used") },
	{ "TCP_MD5FAILURE", N_("its MD5 signature is wrong") },
	{ "QUEUE_PURGE", N_("the queue in which it waited was emptied") },
};

const char *nt_drop_text(const char *reason)
{
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (!strcmp(table[i].reason, reason))
			return table[i].text;
	return NULL;
}
