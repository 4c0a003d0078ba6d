// SPDX-License-Identifier: GPL-2.0-only
/*
 * conntrack_msg.c - ctnetlink's messages as bytes: see conntrack.h
 *
 * Numbers in attributes are in network order.  Nothing is believed before its length
 * is checked; attributes that are not known here are passed over.
 *
 * A walk is a dump that the kernel filters (CTA_FILTER, 5.8 and later): by the source of
 * the one or of the other tuple.  IPv6 addresses are no part of the filter: some kernels
 * compare them the wrong way round.  What comes is compared here anyway.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <string.h>

#include "conntrack.h"

#define ATTRS	    (CTA_MAX > CTA_PROTO_MAX ? CTA_MAX : CTA_PROTO_MAX)

/* flags of CTA_FILTER_ORIG_FLAGS, which no header of the kernel's for programs has */
#define F_IP_SRC    (1U << 0)
#define F_PROTO_NUM (1U << 3)
#define F_SRC_PORT  (1U << 4)

struct attrs {
	const struct nlattr *a[ATTRS + 1];
};

static bool is_icmp(uint8_t proto)
{
	return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
}

static void put_proto(struct nlmsghdr *nlh, const struct nt_ct_tuple *t)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, CTA_TUPLE_PROTO);
	bool v6 = t->proto == IPPROTO_ICMPV6;

	mnl_attr_put_u8(nlh, CTA_PROTO_NUM, t->proto);
	if (is_icmp(t->proto)) {
		mnl_attr_put_u16(nlh, v6 ? CTA_PROTO_ICMPV6_ID : CTA_PROTO_ICMP_ID,
				 htons(t->src.port));
		mnl_attr_put_u8(nlh, v6 ? CTA_PROTO_ICMPV6_TYPE : CTA_PROTO_ICMP_TYPE,
				t->icmp_type);
		mnl_attr_put_u8(nlh, v6 ? CTA_PROTO_ICMPV6_CODE : CTA_PROTO_ICMP_CODE,
				t->icmp_code);
	} else {
		mnl_attr_put_u16(nlh, CTA_PROTO_SRC_PORT, htons(t->src.port));
		mnl_attr_put_u16(nlh, CTA_PROTO_DST_PORT, htons(t->dst.port));
	}
	mnl_attr_nest_end(nlh, nest);
}

static struct nlmsghdr *put_header(void *buf, uint32_t seq, unsigned int msg, uint8_t family)
{
	struct nlmsghdr *nlh;
	struct nfgenmsg *nf;

	memset(buf, 0, NT_CONNTRACK_REQUEST);
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = (uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | msg);
	nlh->nlmsg_flags = NLM_F_REQUEST;
	nlh->nlmsg_seq = seq;
	nf = mnl_nlmsg_put_extra_header(nlh, sizeof(*nf));
	nf->nfgen_family = family;
	nf->version = NFNETLINK_V0;
	return nlh;
}

static void put_tuple(struct nlmsghdr *nlh, uint16_t type, const struct nt_ct_tuple *t)
{
	bool v6 = t->src.family == NETTRACE_IPV6;
	size_t len = v6 ? 16 : 4;
	struct nlattr *tuple, *ip;

	tuple = mnl_attr_nest_start(nlh, type);
	ip = mnl_attr_nest_start(nlh, CTA_TUPLE_IP);
	mnl_attr_put(nlh, v6 ? CTA_IP_V6_SRC : CTA_IP_V4_SRC, len, t->src.b);
	mnl_attr_put(nlh, v6 ? CTA_IP_V6_DST : CTA_IP_V4_DST, len, t->dst.b);
	mnl_attr_nest_end(nlh, ip);
	put_proto(nlh, t);
	mnl_attr_nest_end(nlh, tuple);
}

static uint8_t family_of(const struct nt_ct_tuple *t)
{
	return t->src.family == NETTRACE_IPV6 ? AF_INET6 : AF_INET;
}

size_t nt_conntrack_put(void *buf, uint32_t seq, const struct nt_ct_tuple *t)
{
	struct nlmsghdr *nlh = put_header(buf, seq, IPCTNL_MSG_CT_GET, family_of(t));

	/* the table is looked through for both directions, whichever this is */
	put_tuple(nlh, CTA_TUPLE_ORIG, t);
	return nlh->nlmsg_len;
}

size_t nt_conntrack_put_walk(void *buf, uint32_t seq, const struct nt_ct_tuple *t, bool reply)
{
	struct nlmsghdr *nlh = put_header(buf, seq, IPCTNL_MSG_CT_GET, family_of(t));
	uint32_t flags = F_PROTO_NUM;
	struct nlattr *filter;

	nlh->nlmsg_flags |= NLM_F_DUMP;
	if (t->src.family == NETTRACE_IPV4)
		flags |= F_IP_SRC;
	if (!is_icmp(t->proto))
		flags |= F_SRC_PORT;
	put_tuple(nlh, reply ? CTA_TUPLE_REPLY : CTA_TUPLE_ORIG, t);
	filter = mnl_attr_nest_start(nlh, CTA_FILTER);
	mnl_attr_put_u32(nlh, reply ? CTA_FILTER_REPLY_FLAGS : CTA_FILTER_ORIG_FLAGS, flags);
	mnl_attr_nest_end(nlh, filter);
	return nlh->nlmsg_len;
}

size_t nt_conntrack_put_count(void *buf, uint32_t seq)
{
	return put_header(buf, seq, IPCTNL_MSG_CT_GET_STATS, AF_UNSPEC)->nlmsg_len;
}

static void collect(struct attrs *t, const void *first, size_t len)
{
	const uint8_t *p = first;
	const struct nlattr *a;

	memset(t, 0, sizeof(*t));
	while (len >= sizeof(*a)) {
		a = (const struct nlattr *)p;
		if (!mnl_attr_ok(a, (int)len))
			return;
		if (mnl_attr_get_type(a) <= ATTRS)
			t->a[mnl_attr_get_type(a)] = a;
		if ((size_t)MNL_ALIGN(a->nla_len) >= len)
			return;
		len -= MNL_ALIGN(a->nla_len);
		p += MNL_ALIGN(a->nla_len);
	}
}

static bool nest(struct attrs *t, const struct nlattr *a)
{
	if (!a)
		return false;
	collect(t, mnl_attr_get_payload(a), mnl_attr_get_payload_len(a));
	return true;
}

static bool take_bytes(const struct nlattr *a, void *v, size_t size)
{
	if (!a || mnl_attr_get_payload_len(a) != size)
		return false;
	memcpy(v, mnl_attr_get_payload(a), size);
	return true;
}

static bool take_u16(const struct nlattr *a, uint16_t *v)
{
	uint16_t n;

	if (!take_bytes(a, &n, sizeof(n)))
		return false;
	*v = ntohs(n);
	return true;
}

static bool take_u32(const struct nlattr *a, uint32_t *v)
{
	uint32_t n;

	if (!take_bytes(a, &n, sizeof(n)))
		return false;
	*v = ntohl(n);
	return true;
}

static bool take_icmp(const struct attrs *at, struct nt_ct_tuple *t)
{
	bool v6 = t->proto == IPPROTO_ICMPV6;

	if (!take_u16(at->a[v6 ? CTA_PROTO_ICMPV6_ID : CTA_PROTO_ICMP_ID], &t->src.port) ||
	    !take_bytes(at->a[v6 ? CTA_PROTO_ICMPV6_TYPE : CTA_PROTO_ICMP_TYPE], &t->icmp_type,
			1) ||
	    !take_bytes(at->a[v6 ? CTA_PROTO_ICMPV6_CODE : CTA_PROTO_ICMP_CODE], &t->icmp_code, 1))
		return false;
	t->dst.port = t->src.port;
	return true;
}

/* @zone: set where this direction alone is of one */
static bool take_tuple(const struct nlattr *a, bool v6, struct nt_ct_tuple *t, uint16_t *zone)
{
	size_t len = v6 ? 16 : 4;
	struct attrs at, in;

	memset(t, 0, sizeof(*t));
	t->src.family = t->dst.family = v6 ? NETTRACE_IPV6 : NETTRACE_IPV4;
	if (!nest(&at, a) || !nest(&in, at.a[CTA_TUPLE_IP]) ||
	    !take_bytes(in.a[v6 ? CTA_IP_V6_SRC : CTA_IP_V4_SRC], t->src.b, len) ||
	    !take_bytes(in.a[v6 ? CTA_IP_V6_DST : CTA_IP_V4_DST], t->dst.b, len))
		return false;
	take_u16(at.a[CTA_TUPLE_ZONE], zone);
	if (!nest(&in, at.a[CTA_TUPLE_PROTO]) || !take_bytes(in.a[CTA_PROTO_NUM], &t->proto, 1))
		return false;
	if (is_icmp(t->proto))
		return take_icmp(&in, t);
	return take_u16(in.a[CTA_PROTO_SRC_PORT], &t->src.port) &&
	       take_u16(in.a[CTA_PROTO_DST_PORT], &t->dst.port);
}

static int take_entry(const struct nlmsghdr *nlh, struct nt_ct *e)
{
	const struct nfgenmsg *nf = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	struct attrs at, info;
	bool v6;

	memset(e, 0, sizeof(*e));
	if (len < sizeof(*nf))
		return -EBADMSG;
	if (nf->nfgen_family != AF_INET && nf->nfgen_family != AF_INET6)
		return -EBADMSG;
	v6 = nf->nfgen_family == AF_INET6;
	collect(&at, mnl_nlmsg_get_payload_offset(nlh, sizeof(*nf)), len - MNL_ALIGN(sizeof(*nf)));
	if (!take_tuple(at.a[CTA_TUPLE_ORIG], v6, &e->orig, &e->zone) ||
	    !take_tuple(at.a[CTA_TUPLE_REPLY], v6, &e->reply, &e->zone) ||
	    !take_u32(at.a[CTA_STATUS], &e->status))
		return -EBADMSG;
	e->has_timeout = take_u32(at.a[CTA_TIMEOUT], &e->timeout_s);
	take_u32(at.a[CTA_MARK], &e->mark);
	take_u32(at.a[CTA_ID], &e->id);
	take_u16(at.a[CTA_ZONE], &e->zone);
	if (e->orig.proto == IPPROTO_TCP && nest(&info, at.a[CTA_PROTOINFO]) &&
	    nest(&info, info.a[CTA_PROTOINFO_TCP]))
		e->has_state = take_bytes(info.a[CTA_PROTOINFO_TCP_STATE], &e->state, 1);
	return 0;
}

/* mnl_nlmsg_ok() up to libmnl 1.0.4 takes a length above 2^31 for a short one */
static bool is_whole(const struct nlmsghdr *nlh, size_t len)
{
	return len >= sizeof(*nlh) && nlh->nlmsg_len >= sizeof(*nlh) && nlh->nlmsg_len <= len;
}

static int take_error(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(e->error) || e->error >= 0 || e->error < -4095)
		return -EBADMSG;
	return e->error;
}

int nt_conntrack_take(const void *buf, size_t len, uint32_t seq, const struct nt_ct_tuple *t,
		      struct nt_ct *entry)
{
	const struct nlmsghdr *nlh = buf;
	int ret;

	if (!is_whole(nlh, len))
		return -EBADMSG;
	if (nlh->nlmsg_seq != seq)
		return -EAGAIN;
	if (nlh->nlmsg_type == NLMSG_ERROR)
		return take_error(nlh);
	if (nlh->nlmsg_type != (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW))
		return -EBADMSG;
	ret = take_entry(nlh, entry);
	if (ret)
		return ret;
	if (!nt_ct_tuple_eq(&entry->orig, t) && !nt_ct_tuple_eq(&entry->reply, t))
		return -EBADMSG;
	return 0;
}

/* a message of a walk: 1: it was the last, 0: there are more; -errno */
static int take_one(const struct nlmsghdr *nlh, nt_conntrack_fits *fits, const void *arg,
		    struct nt_ct_walk *w)
{
	struct nt_ct e;
	int ret;

	if (nlh->nlmsg_type == NLMSG_DONE)
		return 1;
	if (nlh->nlmsg_type == NLMSG_ERROR)
		return take_error(nlh);
	if (nlh->nlmsg_type != (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW))
		return -EBADMSG;
	if (++w->seen > NT_CONNTRACK_SEEN_MAX)
		return -EFBIG;
	ret = take_entry(nlh, &e);
	if (ret == -EBADMSG)
		return 0; /* of a protocol that is not known here */
	if (ret || !fits(arg, &e) || (w->n && e.id == w->entry.id))
		return ret;
	if (!w->n++)
		w->entry = e;
	return 0;
}

int nt_conntrack_take_walk(const void *buf, size_t len, uint32_t seq, nt_conntrack_fits *fits,
			   const void *arg, struct nt_ct_walk *w)
{
	const struct nlmsghdr *nlh = buf;
	int left = (int)len, ret = 0;

	if (!is_whole(nlh, len))
		return -EBADMSG;
	for (; !ret && left > 0 && is_whole(nlh, (size_t)left); nlh = mnl_nlmsg_next(nlh, &left))
		if (nlh->nlmsg_seq == seq)
			ret = take_one(nlh, fits, arg, w);
	return ret;
}

int nt_conntrack_take_count(const void *buf, size_t len, uint32_t seq, uint32_t *n)
{
	const struct nlmsghdr *nlh = buf;
	struct attrs at;

	if (!is_whole(nlh, len))
		return -EBADMSG;
	if (nlh->nlmsg_seq != seq)
		return -EAGAIN;
	if (nlh->nlmsg_type == NLMSG_ERROR)
		return take_error(nlh);
	if (nlh->nlmsg_type != (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET_STATS) ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(struct nfgenmsg))
		return -EBADMSG;
	collect(&at, mnl_nlmsg_get_payload_offset(nlh, sizeof(struct nfgenmsg)),
		mnl_nlmsg_get_payload_len(nlh) - MNL_ALIGN(sizeof(struct nfgenmsg)));
	return take_u32(at.a[CTA_STATS_GLOBAL_ENTRIES], n) ? 0 : -EBADMSG;
}
