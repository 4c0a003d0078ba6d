// SPDX-License-Identifier: GPL-2.0-only
/*
 * conntrack_msg.c - ctnetlink's messages as bytes: see conntrack.h
 *
 * Numbers in attributes are in network order.  Nothing is believed before its length
 * is checked; attributes that are not known here are passed over.
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

#define ATTRS (CTA_MAX > CTA_PROTO_MAX ? CTA_MAX : CTA_PROTO_MAX)

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

size_t nt_conntrack_put(void *buf, uint32_t seq, const struct nt_ct_tuple *t)
{
	bool v6 = t->src.family == NETTRACE_IPV6;
	size_t len = v6 ? 16 : 4;
	struct nlmsghdr *nlh;
	struct nlattr *tuple, *ip;
	struct nfgenmsg *nf;

	memset(buf, 0, NT_CONNTRACK_REQUEST);
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	nlh->nlmsg_seq = seq;
	nf = mnl_nlmsg_put_extra_header(nlh, sizeof(*nf));
	nf->nfgen_family = v6 ? AF_INET6 : AF_INET;
	nf->version = NFNETLINK_V0;
	/* the table is looked through for both directions, whichever this is */
	tuple = mnl_attr_nest_start(nlh, CTA_TUPLE_ORIG);
	ip = mnl_attr_nest_start(nlh, CTA_TUPLE_IP);
	mnl_attr_put(nlh, v6 ? CTA_IP_V6_SRC : CTA_IP_V4_SRC, len, t->src.b);
	mnl_attr_put(nlh, v6 ? CTA_IP_V6_DST : CTA_IP_V4_DST, len, t->dst.b);
	mnl_attr_nest_end(nlh, ip);
	put_proto(nlh, t);
	mnl_attr_nest_end(nlh, tuple);
	return nlh->nlmsg_len;
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

static bool take_tuple(const struct nlattr *a, bool v6, struct nt_ct_tuple *t)
{
	size_t len = v6 ? 16 : 4;
	struct attrs at, in;

	memset(t, 0, sizeof(*t));
	t->src.family = t->dst.family = v6 ? NETTRACE_IPV6 : NETTRACE_IPV4;
	if (!nest(&at, a) || !nest(&in, at.a[CTA_TUPLE_IP]) ||
	    !take_bytes(in.a[v6 ? CTA_IP_V6_SRC : CTA_IP_V4_SRC], t->src.b, len) ||
	    !take_bytes(in.a[v6 ? CTA_IP_V6_DST : CTA_IP_V4_DST], t->dst.b, len))
		return false;
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
	if (!take_tuple(at.a[CTA_TUPLE_ORIG], v6, &e->orig) ||
	    !take_tuple(at.a[CTA_TUPLE_REPLY], v6, &e->reply) ||
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

	if (len < sizeof(*nlh) || !mnl_nlmsg_ok(nlh, (int)len))
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
