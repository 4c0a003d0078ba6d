// SPDX-License-Identifier: GPL-2.0-only
/*
 * pair.c - see pair.h
 */
#include <netinet/in.h>
#include <string.h>

#include "pair.h"

static bool same_flow(const struct nettrace_packet *a, const struct nettrace_packet *b)
{
	return a->hdr.family == b->hdr.family && a->proto == b->proto && a->sport == b->sport &&
	       a->dport == b->dport && !memcmp(a->src, b->src, sizeof(a->src)) &&
	       !memcmp(a->dst, b->dst, sizeof(a->dst));
}

static bool has_id(const struct nettrace_packet *p)
{
	return p->hdr.family == NETTRACE_IPV4 && p->ip_id;
}

static bool same_stamps(const struct nettrace_packet *a, const struct nettrace_packet *b)
{
	if ((a->optflags ^ b->optflags) & NETTRACE_OPT_TS)
		return false;
	return !(a->optflags & NETTRACE_OPT_TS) || (a->tsval == b->tsval && a->tsecr == b->tsecr);
}

static unsigned int wire_segs(const struct nettrace_packet *p)
{
	if (!p->gso_size || !p->payload)
		return 1;
	return (p->payload + p->gso_size - 1) / p->gso_size;
}

/*
 * @piece lies in the sequence space of @whole.  IPv4 numbers the pieces of a
 * super-segment from its own identification on.
 */
static bool is_piece(const struct nettrace_packet *piece, const struct nettrace_packet *whole)
{
	__u16 unlike = NETTRACE_TH_SYN | NETTRACE_TH_RST | NETTRACE_TH_URG;
	__u32 off = piece->seq - whole->seq;

	if (!piece->payload || piece->payload >= whole->payload ||
	    ((piece->tcp_flags | whole->tcp_flags) & unlike))
		return false;
	if (piece->ack != whole->ack || !same_stamps(piece, whole))
		return false;
	if (off >= whole->payload || whole->payload - off < piece->payload)
		return false;
	if (has_id(piece) && has_id(whole)) {
		/* gso_size is unknown once a middlebox cut it again: be lenient */
		__u16 ahead = piece->ip_id - whole->ip_id;

		return ahead < wire_segs(whole) || ahead <= off;
	}
	return true;
}

static enum nt_fit fit_tcp(const struct nettrace_packet *a, const struct nettrace_packet *b)
{
	if (a->seq == b->seq && a->ack == b->ack && a->tcp_flags == b->tcp_flags &&
	    a->payload == b->payload) {
		if (has_id(a) || has_id(b))
			return a->ip_id == b->ip_id ? NT_FIT_SAME : NT_FIT_NONE;
		return same_stamps(a, b) ? NT_FIT_SAME : NT_FIT_NONE;
	}
	if (is_piece(b, a))
		return NT_FIT_PART;
	if (is_piece(a, b))
		return NT_FIT_WHOLE;
	return NT_FIT_NONE;
}

enum nt_fit nt_pair_fit(const struct nettrace_packet *a, const struct nettrace_packet *b)
{
	if (!same_flow(a, b))
		return NT_FIT_NONE;
	if (a->proto == IPPROTO_TCP)
		return fit_tcp(a, b);
	if (a->payload != b->payload || a->frag_off != b->frag_off || a->ip_id != b->ip_id)
		return NT_FIT_NONE;
	if ((a->proto == IPPROTO_ICMP || a->proto == IPPROTO_ICMPV6) &&
	    (a->icmp_type != b->icmp_type || a->icmp_code != b->icmp_code ||
	     a->icmp_id != b->icmp_id || a->icmp_info != b->icmp_info))
		return NT_FIT_NONE;
	return NT_FIT_SAME;
}

bool nt_pair_fifo(const struct nettrace_packet *p)
{
	if (has_id(p))
		return false;
	return p->proto != IPPROTO_TCP ||
	       (!p->payload && !(p->tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_FIN)));
}

bool nt_pair_arp(const struct nettrace_packet *a, const struct nettrace_packet *b)
{
	return a->arp_op == b->arp_op && !memcmp(a->src, b->src, 4) && !memcmp(a->dst, b->dst, 4) &&
	       !memcmp(a->arp_sha, b->arp_sha, sizeof(a->arp_sha)) &&
	       !memcmp(a->arp_tha, b->arp_tha, sizeof(a->arp_tha));
}

void nt_addr_unmap(__u8 *family, __u8 *const addr[], unsigned int n)
{
	static const __u8 prefix[12] = { [10] = 0xff, [11] = 0xff };
	static const __u8 any[16];
	unsigned int i, mapped = 0;

	if (*family != NETTRACE_IPV6)
		return;
	for (i = 0; i < n; i++) {
		if (!memcmp(addr[i], prefix, sizeof(prefix)))
			mapped++;
		else if (memcmp(addr[i], any, sizeof(any)))
			return;
	}
	if (!mapped)
		return;
	for (i = 0; i < n; i++) {
		memmove(addr[i], addr[i] + 12, 4);
		memset(addr[i] + 4, 0, 12);
	}
	*family = NETTRACE_IPV4;
}
