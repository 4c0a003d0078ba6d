// SPDX-License-Identifier: GPL-2.0-only
/*
 * nlans.c - see nlans.h
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>

#include "nlans.h"

#define HEADERS	 NLMSG_LENGTH(GENL_HDRLEN)
#define WANT_MAX 64

static char complaint[256];

#define COMPLAIN(...) (snprintf(complaint, sizeof(complaint), __VA_ARGS__), complaint)

/* ---- messages by the specification -------------------------------------------- */

static const char *check_number(const struct nl_attr *a, const unsigned char *v)
{
	uint64_t n;
	uint32_t half;

	memcpy(&half, v, sizeof(half));
	n = half;
	if (a->kind == NL_U64)
		memcpy(&n, v, sizeof(n));
	if (a->kind != NL_S32 && (n < a->low || n > a->high))
		return COMPLAIN("%s is %llu", a->name, (unsigned long long)n);
	return NULL;
}

static const char *check_value(const struct nl_attr *a, const unsigned char *v, size_t len)
{
	switch (a->kind) {
	case NL_U32:
	case NL_S32:
		return len == 4 ? check_number(a, v) : COMPLAIN("%s has %zu bytes", a->name, len);
	case NL_U64:
		return len == 8 ? check_number(a, v) : COMPLAIN("%s has %zu bytes", a->name, len);
	case NL_FLAG:
	case NL_PAD:
		return len ? COMPLAIN("%s has %zu bytes", a->name, len) : NULL;
	case NL_STRING:
		return len && strnlen((const char *)v, len) == len - 1 ?
			       NULL :
			       COMPLAIN("%s does not end where it ends", a->name);
	case NL_BINARY:
		/* both are addresses */
		return len == 4 || len == 16 ? NULL : COMPLAIN("%s has %zu bytes", a->name, len);
	default:
		return NULL;
	}
}

/*
 * Also makes what is random by design, ids of sockets and nanoseconds, zero, so that
 * what is searched afterwards has nothing that looks like an address by chance.
 */
static void blank(const struct nl_attr *a, unsigned char *v, struct nl_count *c)
{
	uint64_t n;

	if (a->kind != NL_U64 || (strcmp(a->name, "sk-id") && strcmp(a->name, "time")))
		return;
	memcpy(&n, v, sizeof(n));
	if (!strcmp(a->name, "sk-id") && n) {
		c->sk_ids++;
		c->sk_ids_like_pointers += nl_like_pointer(n);
	}
	memset(v, 0, sizeof(n));
}

static const char *check_attrs(int set, uint64_t says, unsigned char *p, size_t len,
			       struct nl_count *c)
{
	const char *wrong = NULL;
	uint64_t seen = 0;
	struct nlattr h;

	while (len && !wrong) {
		const struct nl_attr *a;
		unsigned int type;
		size_t step;

		if (len < NLA_HDRLEN)
			return COMPLAIN("%zu bytes after the attributes", len);
		memcpy(&h, p, sizeof(h));
		type = h.nla_type & NLA_TYPE_MASK;
		step = NLA_ALIGN(h.nla_len);
		if (h.nla_len < NLA_HDRLEN || step > len)
			return COMPLAIN("an attribute of %u bytes", h.nla_len);
		a = nl_attr_find(set, type);
		if (!a || (a->kind != NL_PAD && !(says >> type & 1)))
			return COMPLAIN("attribute %u does not belong into this", type);
		if (seen >> type & 1 && !a->multi && a->kind != NL_PAD)
			return COMPLAIN("%s is there twice", a->name);
		seen |= 1ull << type;
		if (a->kind == NL_NEST)
			wrong = check_attrs(a->nest, ~0ull, p + NLA_HDRLEN,
					    h.nla_len - (size_t)NLA_HDRLEN, c);
		else
			wrong = check_value(a, p + NLA_HDRLEN, h.nla_len - (size_t)NLA_HDRLEN);
		if (!wrong)
			blank(a, p + NLA_HDRLEN, c);
		p += step;
		len -= step;
	}
	return wrong;
}

/* a message of the family, but for its headers */
static const char *check_message(const struct nl_op *op, const unsigned char *msg, size_t len,
				 struct nl_count *c)
{
	unsigned char copy[65536];
	const char *wrong;

	if (len > sizeof(copy))
		return COMPLAIN("a message of %zu bytes", len);
	memcpy(copy, msg, len);
	wrong = check_attrs(nl_top, op->says, copy + HEADERS, len - HEADERS, c);
	return wrong ? wrong : nl_search_answer(copy + NLMSG_HDRLEN, len - NLMSG_HDRLEN);
}

/* ---- errors and ACKs ----------------------------------------------------------- */

/* what follows the echo: has it a sentence? */
static const char *check_tlvs(const unsigned char *p, size_t len, size_t request, bool *text)
{
	const unsigned char *all = p;
	size_t whole = len;
	struct nlattr h;
	uint32_t off;

	while (len >= NLA_HDRLEN) {
		memcpy(&h, p, sizeof(h));
		if (h.nla_len < NLA_HDRLEN || NLA_ALIGN((size_t)h.nla_len) > len)
			return COMPLAIN("the extended ACK is cut");
		if ((h.nla_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_MSG) {
			*text = h.nla_len > NLA_HDRLEN + 5;
			if (p[h.nla_len - 1])
				return COMPLAIN("a sentence without its end");
		} else if ((h.nla_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_OFFS) {
			memcpy(&off, p + NLA_HDRLEN, sizeof(off));
			if (off >= request)
				return COMPLAIN("an offset beyond the request");
		}
		p += NLA_ALIGN(h.nla_len);
		len -= NLA_ALIGN(h.nla_len);
	}
	return nl_search_answer(all, whole);
}

/* an end: 0 for an ACK, the error, or 1 and *@wrong */
static int check_end(const struct nl_want *w, const unsigned char *msg, size_t len, bool *text,
		     const char **wrong)
{
	const struct nlmsghdr *n = (const void *)msg;
	size_t echo = NLMSG_HDRLEN, head = NLMSG_HDRLEN + sizeof(int);
	int error;

	*text = false;
	if (len < head + NLMSG_HDRLEN) {
		*wrong = COMPLAIN("an end of %zu bytes", len);
		return 1;
	}
	memcpy(&error, msg + NLMSG_HDRLEN, sizeof(error));
	if (error && !(n->nlmsg_flags & NLM_F_CAPPED))
		echo = w->len;
	if (head + echo > len || memcmp(msg + head, w->at, echo)) {
		*wrong = COMPLAIN("the end of another request");
		return 1;
	}
	if (error > 0 || error <= -(int)(sizeof(((struct nl_count *)0)->errors) / 8)) {
		*wrong = COMPLAIN("error %d", error);
		return 1;
	}
	head += NLMSG_ALIGN(echo);
	*wrong = n->nlmsg_flags & NLM_F_ACK_TLVS && head < len ?
			 check_tlvs(msg + head, len - head, w->len, text) :
			 NULL;
	return *wrong ? 1 : error;
}

/* ---- all that has come ----------------------------------------------------------- */

struct came {
	const unsigned char *p;
	size_t left;
};

/* the next message that is no notification; notifications are looked at on the way */
static const unsigned char *next(struct came *g, size_t *len, struct nl_count *c,
				 const char **wrong)
{
	const unsigned char *p;
	struct nlmsghdr h;
	const struct nl_op *op;

	while (g->left >= NLMSG_HDRLEN) {
		p = g->p;
		memcpy(&h, p, sizeof(h));
		if (h.nlmsg_len < NLMSG_HDRLEN || NLMSG_ALIGN(h.nlmsg_len) > g->left) {
			*wrong = COMPLAIN("a message that is cut");
			return NULL;
		}
		g->p += NLMSG_ALIGN(h.nlmsg_len);
		g->left -= NLMSG_ALIGN(h.nlmsg_len);
		*len = h.nlmsg_len;
		if (h.nlmsg_type < NLMSG_MIN_TYPE || h.nlmsg_pid)
			return p;
		op = h.nlmsg_len >= HEADERS ? nl_op_find(p[NLMSG_HDRLEN]) : NULL;
		*wrong = op && op->event ? check_message(op, p, *len, c) :
					   COMPLAIN("a notification that there is not");
		if (*wrong)
			return NULL;
		c->notified++;
	}
	return NULL;
}

/* the end @p of a request; @had: an answer came before it */
static const char *judge_end(const struct nl_want *w, const unsigned char *p, size_t len, bool may,
			     bool had, struct nl_count *c)
{
	const struct nl_op *op = w->must == NL_EITHER ? nl_op_find(w->cmd) : NULL;
	const char *wrong = NULL;
	struct nlmsghdr h;
	bool text;
	int error;

	memcpy(&h, p, sizeof(h));
	if (h.nlmsg_type != NLMSG_ERROR || h.nlmsg_seq != w->seq)
		return COMPLAIN("type %u instead of the end of %u", h.nlmsg_type, w->seq);
	error = check_end(w, p, len, &text, &wrong);
	if (wrong)
		return wrong;
	c->errors[-error]++;
	c->texts += text;
	if (!error) {
		c->acks++;
		if (w->must == NL_IGNORED)
			return NULL;
		if (w->must != NL_EITHER || !may)
			return COMPLAIN("done, and should be refused");
		return had == !!op->says ? NULL : COMPLAIN("%s: done, without an answer", op->name);
	}
	c->refused++;
	if (had || w->must == NL_IGNORED)
		return COMPLAIN("an answer and error %d", error);
	if (w->must != NL_CORE && !text)
		return COMPLAIN("%s: error %d without a sentence", op ? op->name : "spoilt", error);
	if (w->must != NL_CORE && (error == -EPERM) == may)
		return COMPLAIN("%s: error %d, and EPERM is for those who may not ask",
				op ? op->name : "spoilt", error);
	return NULL;
}

/* done without a word, as a request may be that asks for no ACK and has no answer? */
static bool silent(const struct nl_want *w, const struct came *g, const char **wrong)
{
	struct nl_count aside = { 0 };
	struct came peek = *g;
	const unsigned char *p;
	size_t len;

	/* refused: its end is the next that comes */
	p = next(&peek, &len, &aside, wrong);
	return !p || ((const struct nlmsghdr *)p)->nlmsg_seq != w->seq;
}

/* the answers to one request */
static const char *judge_one(const struct nl_want *w, struct came *g, bool may, struct nl_count *c)
{
	const struct nl_op *op = w->must == NL_EITHER ? nl_op_find(w->cmd) : NULL;
	const char *wrong = NULL;
	const unsigned char *p;
	struct nlmsghdr h;
	bool had = false;
	size_t len;

	if (w->must == NL_IGNORED && !w->ack)
		return NULL;
	if (op && may && !op->says && !w->ack && silent(w, g, &wrong))
		return wrong;
	p = next(g, &len, c, &wrong);
	if (p && op && op->says && ((const struct nlmsghdr *)p)->nlmsg_type >= NLMSG_MIN_TYPE) {
		memcpy(&h, p, sizeof(h));
		if (!may)
			return COMPLAIN("%s is answered", op->name);
		if (h.nlmsg_seq != w->seq || len < HEADERS || p[NLMSG_HDRLEN] != w->cmd)
			return COMPLAIN("%s: the answer to something else", op->name);
		wrong = check_message(op, p, len, c);
		c->data++;
		had = true;
		if (wrong || !w->ack)
			return wrong;
		p = next(g, &len, c, &wrong);
	}
	if (wrong)
		return wrong;
	if (!p)
		return COMPLAIN("no end of request %u, %s", w->seq, op ? op->name : "spoilt");
	return judge_end(w, p, len, may, had, c);
}

const char *nl_judge(const struct nl_req *q, const unsigned char *got, size_t len, bool may,
		     bool lossy, struct nl_count *c)
{
	struct came g = { got, len };
	struct nl_want want[WANT_MAX];
	size_t n = nl_req_want(q, want, WANT_MAX), i;
	const char *wrong = NULL;

	c->datagrams++;
	c->requests += n;
	for (i = 0; i < n && !wrong && !lossy; i++)
		wrong = judge_one(&want[i], &g, may, c);
	if (wrong)
		return wrong;
	if (lossy)
		return NULL;
	if (next(&g, &len, c, &wrong))
		return COMPLAIN("an answer that nobody asked for");
	return wrong;
}
