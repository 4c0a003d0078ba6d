// SPDX-License-Identifier: GPL-2.0-only
/*
 * gate.c - which tests does every packet meet that a filter's program accepts?
 *
 * Purpose, honesty, ownership, context: gate.h.
 *
 * Classic BPF jumps forward only, so one pass in the order of the instructions
 * follows all paths at once.  It knows of A whether it is a constant (the
 * protocol, which is the family's) or what a load put there, and of X whether it
 * is IPv4's header length; of all else nothing, and then a jump goes both ways.
 *
 * A group is a pair of fields, as the two ports.  A jump "A == k" where A is a
 * field of the group is a test of it: the pass notes the test and does not follow
 * the edge on which it holds.  If then no accepting return is reached, every
 * accepted packet meets one of the tests noted.
 */
#include "gate.h"
#include "../uapi/nettrace.h"

/* what A is */
enum {
	A_UNKNOWN,
	A_CONSTANT,
	A_NETWORK,		/* loaded from the network header on */
	A_TRANSPORT,		/* from IPv4's transport header on */
};

struct field {
	u8 base;		/* A_NETWORK, A_TRANSPORT; 0: there is none */
	u8 off;
	u8 size;
};

/* in the order in which they are tried: what is cheap and rejects most first */
static const struct group {
	u8 family;
	struct field field[2];
} groups[] = {
	/* the addresses; of IPv6 a word that tells most, or those of a prefix */
	{ NETTRACE_IPV4, { { A_NETWORK, 12, 4 }, { A_NETWORK, 16, 4 } } },
	{ NETTRACE_IPV6, { { A_NETWORK, 20, 4 }, { A_NETWORK, 36, 4 } } },
	{ NETTRACE_IPV6, { { A_NETWORK, 12, 4 }, { A_NETWORK, 28, 4 } } },
	{ NETTRACE_IPV6, { { A_NETWORK, 8, 4 }, { A_NETWORK, 24, 4 } } },
	{ NETTRACE_ARP, { { A_NETWORK, 14, 4 }, { A_NETWORK, 24, 4 } } },
	/* the ports; libpcap looks for IPv6's where no extension header is */
	{ NETTRACE_IPV4, { { A_TRANSPORT, 0, 2 }, { A_TRANSPORT, 2, 2 } } },
	{ NETTRACE_IPV6, { { A_NETWORK, 40, 2 }, { A_NETWORK, 42, 2 } } },
	/* the protocol, ARP's operation */
	{ NETTRACE_IPV4, { { A_NETWORK, 9, 1 } } },
	{ NETTRACE_IPV6, { { A_NETWORK, 6, 1 } } },
	{ NETTRACE_ARP, { { A_NETWORK, 6, 2 } } },
};

/* one pass over a program */
struct pass {
	const struct sock_filter *code;
	unsigned int n;
	struct nettrace_gate_step *steps;
	u8 family;
	const struct group *group;	/* NULL: every edge is followed */
	struct nettrace_gate *gate;	/* where tests are noted */
	bool accepts;			/* an accepting return was reached */
	bool full;			/* there were too many tests */
};

static u32 ethertype(u8 family)
{
	switch (family) {
	case NETTRACE_IPV4:
		return 0x0800;
	case NETTRACE_IPV6:
		return 0x86dd;
	default:
		return 0x0806;
	}
}

/* @s is how instruction @i may be reached, too */
static void reach(struct pass *p, unsigned int i,
		  const struct nettrace_gate_step *s)
{
	struct nettrace_gate_step *to;

	if (i >= p->n) {		/* no program that a kernel takes */
		p->accepts = true;
		return;
	}
	to = &p->steps[i];
	if (!to->reached) {
		*to = *s;
		return;
	}
	if (to->a != s->a || to->k != s->k || to->mask != s->mask ||
	    to->size != s->size)
		to->a = A_UNKNOWN;
	to->x_transport &= s->x_transport;
}

static void load(const struct pass *p, struct nettrace_gate_step *s,
		 const struct sock_filter *in)
{
	u32 k = in->k;

	s->a = A_UNKNOWN;
	s->k = 0;
	s->mask = ~0u;
	s->size = BPF_SIZE(in->code) == BPF_B ? 1 :
		  BPF_SIZE(in->code) == BPF_H ? 2 : 4;
	switch (BPF_MODE(in->code)) {
	case BPF_IMM:
		s->a = A_CONSTANT;
		s->k = k;
		break;
	case BPF_ABS:
		if (k == (u32)(SKF_AD_OFF + SKF_AD_PROTOCOL)) {
			s->a = A_CONSTANT;
			s->k = ethertype(p->family);
		} else if (k < 256) {
			s->a = A_NETWORK;
			s->k = k;
		}
		break;
	case BPF_IND:
		if (s->x_transport && k < 256) {
			s->a = A_TRANSPORT;
			s->k = k;
		}
		break;
	}
}

static void compute(struct nettrace_gate_step *s, const struct sock_filter *in)
{
	if (in->code != (BPF_ALU | BPF_AND | BPF_K))
		s->a = A_UNKNOWN;
	else if (s->a == A_CONSTANT)
		s->k &= in->k;
	else
		s->mask &= in->k;
}

static bool in_group(const struct pass *p, const struct nettrace_gate_step *s)
{
	unsigned int i;

	for (i = 0; p->group && i < 2; i++) {
		const struct field *f = &p->group->field[i];

		if (f->base && s->a == f->base && s->k == f->off &&
		    s->size == f->size)
			return true;
	}
	return false;
}

/* the word that holds a field: of a shorter one the aligned one */
static u32 word_of(const struct nettrace_gate_step *s)
{
	return s->size == 4 ? s->k : s->k & ~3u;
}

/* the field's value as a part of that word */
static __be32 in_word(const struct nettrace_gate_step *s, u32 value)
{
	return cpu_to_be32(value << 8 * (word_of(s) + 4 - s->k - s->size));
}

static void note(struct pass *p, const struct nettrace_gate_step *s, u32 value)
{
	struct nettrace_gate *g = p->gate;
	u32 all = s->size == 4 ? ~0u : (1u << 8 * s->size) - 1;
	__be32 mask = in_word(s, s->mask & all), want = in_word(s, value);
	u32 off = word_of(s);
	unsigned int i;

	if (value & ~(s->mask & all))
		return;			/* it never holds */
	for (i = 0; i < g->n; i++)
		if (g->test[i].off == off && g->test[i].mask == mask &&
		    g->test[i].value == want)
			return;
	if (g->n == NETTRACE_GATE_TESTS) {
		p->full = true;
		return;
	}
	g->test[g->n].off = off;
	g->test[g->n].mask = mask;
	g->test[g->n].value = want;
	g->n++;
	if (g->need < off + 4)
		g->need = off + 4;
}

static void jump(struct pass *p, unsigned int i,
		 const struct nettrace_gate_step *s)
{
	const struct sock_filter *in = &p->code[i];
	bool equal = in->code == (BPF_JMP | BPF_JEQ | BPF_K);

	if (BPF_OP(in->code) == BPF_JA) {
		/* what a kernel takes does not wrap; if this did, it is found */
		reach(p, in->k < p->n ? i + 1 + in->k : p->n, s);
		return;
	}
	if (equal && s->a == A_CONSTANT) {
		reach(p, i + 1 + (s->k == in->k ? in->jt : in->jf), s);
		return;
	}
	if (equal && in_group(p, s))
		note(p, s, in->k);
	else
		reach(p, i + 1 + in->jt, s);
	reach(p, i + 1 + in->jf, s);
}

static void step(struct pass *p, unsigned int i)
{
	const struct sock_filter *in = &p->code[i];
	struct nettrace_gate_step s = p->steps[i];

	switch (BPF_CLASS(in->code)) {
	case BPF_RET:
		/* A, or X, may be anything but 0 */
		if (BPF_RVAL(in->code) != BPF_K || in->k)
			p->accepts = true;
		return;
	case BPF_JMP:
		jump(p, i, &s);
		return;
	case BPF_LD:
		load(p, &s, in);
		break;
	case BPF_LDX:
		s.x_transport = p->family == NETTRACE_IPV4 && !in->k &&
				in->code == (BPF_LDX | BPF_B | BPF_MSH);
		break;
	case BPF_ALU:
		compute(&s, in);
		break;
	case BPF_MISC:
		if (BPF_MISCOP(in->code) == BPF_TAX)
			s.x_transport = false;
		else
			s.a = A_UNKNOWN;
		break;
	}
	reach(p, i + 1, &s);
}

/* all paths: false, if none leads to an accepting return */
static bool may_accept(struct pass *p, const struct group *group)
{
	struct nettrace_gate_step first = { .reached = 1 };
	unsigned int i;

	memset(p->gate, 0, sizeof(*p->gate));
	for (i = 0; i < p->n; i++)
		p->steps[i].reached = 0;
	p->group = group;
	p->accepts = false;
	p->full = false;
	reach(p, 0, &first);
	for (i = 0; i < p->n; i++)
		if (p->steps[i].reached)
			step(p, i);
	return p->accepts || p->full;
}

/* the tests that there are not repeat one that is */
static void finish(struct nettrace_gate *g, const struct group *group)
{
	unsigned int i;

	for (i = g->n; i < NETTRACE_GATE_TESTS; i++)
		g->test[i] = g->test[0];
	g->kind = group->field[0].base == A_TRANSPORT ?
		  NETTRACE_GATE_TRANSPORT : NETTRACE_GATE_NETWORK;
}

void nettrace_gate_make(struct nettrace_gate *g, const struct sock_filter *code,
			unsigned int n, u8 family,
			struct nettrace_gate_step *steps)
{
	struct pass p = {
		.code = code,
		.n = n,
		.steps = steps,
		.family = family,
		.gate = g,
	};
	unsigned int i;

	if (!may_accept(&p, NULL)) {
		g->kind = NETTRACE_GATE_CLOSED;
		return;
	}
	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		if (groups[i].family != family || may_accept(&p, &groups[i]))
			continue;
		if (g->n)
			finish(g, &groups[i]);
		else
			g->kind = NETTRACE_GATE_CLOSED;
		return;
	}
	memset(g, 0, sizeof(*g));
}
