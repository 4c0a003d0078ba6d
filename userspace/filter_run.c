// SPDX-License-Identifier: GPL-2.0-only
/*
 * filter_run.c - classic BPF on a packet that is known in part
 *
 * Purpose, context: filter_priv.h.
 *
 * Each bit of a register is known or not.  A jump whose condition depends on
 * unknown bits goes both ways; if both end alike, that is the verdict.  A load
 * that may lie behind the packet's end rejects, or gives unknown bits: both are
 * kept in mind.  Where kernel and libpcap differ (shifts by 32 and more), the
 * result is unknown.
 */
#include <linux/bpf_common.h>

#include "filter_priv.h"

#define ALL_KNOWN    0xffffffffu

/* of all branches together; and how deep they may nest */
#define STEPS_MAX    20000
#define BRANCHES_MAX 64

/* bits of @v that are not in @known are 0 */
struct val {
	uint32_t v;
	uint32_t known;
};

struct regs {
	struct val a, x, m[BPF_MEMWORDS];
	bool may_fail; /* a load before may have rejected the packet */
};

struct machine {
	const struct sock_filter *prog;
	const struct nt_partial *pkt;
	unsigned int steps;
};

enum answer { NO, YES, MAYBE };

static struct val exactly(uint32_t v)
{
	return (struct val){ v, ALL_KNOWN };
}

static const struct val unknown = { 0, 0 };

static bool is_known(struct val v)
{
	return v.known == ALL_KNOWN;
}

/* the largest that it can be; the smallest is v.v */
static uint32_t max_of(struct val v)
{
	return v.v | ~v.known;
}

static struct val and_of(struct val a, struct val b)
{
	uint32_t known = (a.known & b.known) | (a.known & ~a.v) | (b.known & ~b.v);

	return (struct val){ a.v & b.v, known };
}

static struct val or_of(struct val a, struct val b)
{
	uint32_t v = a.v | b.v;

	return (struct val){ v, (a.known & b.known) | v };
}

static struct val xor_of(struct val a, struct val b)
{
	uint32_t known = a.known & b.known;

	return (struct val){ (a.v ^ b.v) & known, known };
}

/* of sums and products the low bits are known as far as the operands' are */
static struct val arith(struct val a, struct val b, uint32_t v)
{
	uint32_t open = ~(a.known & b.known);
	uint32_t known = open ? (open & -open) - 1 : ALL_KNOWN;

	return (struct val){ v & known, known };
}

static struct val shift(struct val a, struct val by, bool left)
{
	if (!is_known(by) || by.v > 31)
		return unknown;
	if (left)
		return (struct val){ a.v << by.v, a.known << by.v | ~(ALL_KNOWN << by.v) };
	return (struct val){ a.v >> by.v, a.known >> by.v | ~(ALL_KNOWN >> by.v) };
}

/* false: the packet is rejected */
static bool divide(struct regs *r, struct val by, bool rest)
{
	if (is_known(by) && !by.v)
		return false;
	if (!by.v)
		r->may_fail = true;
	if (is_known(r->a) && is_known(by))
		r->a = exactly(rest ? r->a.v % by.v : r->a.v / by.v);
	else
		r->a = unknown;
	return true;
}

static bool alu(struct regs *r, const struct sock_filter *f)
{
	struct val b = BPF_SRC(f->code) == BPF_X ? r->x : exactly(f->k);

	switch (BPF_OP(f->code)) {
	case BPF_ADD:
		r->a = arith(r->a, b, r->a.v + b.v);
		break;
	case BPF_SUB:
		r->a = arith(r->a, b, r->a.v - b.v);
		break;
	case BPF_MUL:
		r->a = arith(r->a, b, r->a.v * b.v);
		break;
	case BPF_DIV:
	case BPF_MOD:
		return divide(r, b, BPF_OP(f->code) == BPF_MOD);
	case BPF_AND:
		r->a = and_of(r->a, b);
		break;
	case BPF_OR:
		r->a = or_of(r->a, b);
		break;
	case BPF_XOR:
		r->a = xor_of(r->a, b);
		break;
	case BPF_LSH:
	case BPF_RSH:
		r->a = shift(r->a, b, BPF_OP(f->code) == BPF_LSH);
		break;
	case BPF_NEG:
		r->a = arith(r->a, r->a, -r->a.v);
		break;
	}
	return true;
}

/* @size bytes at @off, which lie inside the packet */
static struct val bytes_at(const struct nt_partial *pkt, uint32_t off, unsigned int size)
{
	struct val v = { 0, 0 };
	unsigned int i;

	for (i = 0; i < size; i++) {
		v.v <<= 8;
		v.known <<= 8;
		if (off + i >= NT_PARTIAL_BYTES)
			continue;
		v.v |= pkt->byte[off + i];
		v.known |= pkt->known[off + i];
	}
	if (size < 4)
		v.known |= ALL_KNOWN << 8 * size;
	return v;
}

static unsigned int size_of(uint16_t code)
{
	return BPF_SIZE(code) == BPF_W ? 4 : BPF_SIZE(code) == BPF_H ? 2 : 1;
}

/* false: the packet is rejected, for it ends before */
static bool load(struct regs *r, const struct nt_partial *pkt, struct val at, unsigned int size,
		 struct val *to)
{
	/* beyond 2 GiB the kernel means other things than the packet's bytes */
	if (!is_known(at) || at.v > INT32_MAX) {
		r->may_fail = true;
		*to = unknown;
		if (size < 4)
			to->known = ALL_KNOWN << 8 * size;
		return true;
	}
	if (at.v + size > pkt->len) {
		if (pkt->exact)
			return false;
		r->may_fail = true;
	}
	*to = bytes_at(pkt, at.v, size);
	return true;
}

/* with a negative X the kernel goes backwards, libpcap rejects */
static struct val sum_at(struct val x, uint32_t k)
{
	if (!is_known(x) || x.v > INT32_MAX)
		return unknown;
	return exactly(x.v + k);
}

static bool load_a(struct machine *m, struct regs *r, const struct sock_filter *f)
{
	const struct nt_partial *pkt = m->pkt;

	switch (BPF_MODE(f->code)) {
	case BPF_IMM:
		r->a = exactly(f->k);
		return true;
	case BPF_MEM:
		r->a = r->m[f->k];
		return true;
	case BPF_LEN:
		r->a = pkt->exact ? exactly(pkt->len) : unknown;
		return true;
	case BPF_IND:
		return load(r, pkt, sum_at(r->x, f->k), size_of(f->code), &r->a);
	}
	if (f->k == (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL)) {
		r->a = exactly(pkt->ethertype);
		return true;
	}
	return load(r, pkt, exactly(f->k), size_of(f->code), &r->a);
}

static bool load_x(struct machine *m, struct regs *r, const struct sock_filter *f)
{
	struct val v;

	switch (BPF_MODE(f->code)) {
	case BPF_IMM:
		r->x = exactly(f->k);
		return true;
	case BPF_MEM:
		r->x = r->m[f->k];
		return true;
	case BPF_LEN:
		r->x = m->pkt->exact ? exactly(m->pkt->len) : unknown;
		return true;
	}
	if (!load(r, m->pkt, exactly(f->k), 1, &v))
		return false;
	r->x = shift(and_of(v, exactly(0xf)), exactly(2), true);
	return true;
}

static enum answer holds(const struct regs *r, const struct sock_filter *f)
{
	struct val a = r->a, b = BPF_SRC(f->code) == BPF_X ? r->x : exactly(f->k);

	switch (BPF_OP(f->code)) {
	case BPF_JEQ:
		if ((a.v ^ b.v) & a.known & b.known)
			return NO;
		return is_known(a) && is_known(b) ? YES : MAYBE;
	case BPF_JGT:
		return a.v > max_of(b) ? YES : max_of(a) <= b.v ? NO : MAYBE;
	case BPF_JGE:
		return a.v >= max_of(b) ? YES : max_of(a) < b.v ? NO : MAYBE;
	default: /* BPF_JSET */
		a = and_of(a, b);
		return a.v ? YES : max_of(a) ? MAYBE : NO;
	}
}

/* false: the packet is rejected */
static bool step(struct machine *m, struct regs *r, const struct sock_filter *f)
{
	switch (BPF_CLASS(f->code)) {
	case BPF_LD:
		return load_a(m, r, f);
	case BPF_LDX:
		return load_x(m, r, f);
	case BPF_ST:
		r->m[f->k] = r->a;
		return true;
	case BPF_STX:
		r->m[f->k] = r->x;
		return true;
	case BPF_ALU:
		return alu(r, f);
	default: /* BPF_MISC */
		if (BPF_MISCOP(f->code) == BPF_TAX)
			r->x = r->a;
		else
			r->a = r->x;
		return true;
	}
}

static enum nt_verdict verdict(const struct regs *r, const struct sock_filter *f)
{
	struct val v = BPF_RVAL(f->code) == BPF_A ? r->a : exactly(f->k);

	if (is_known(v) && !v.v)
		return NT_REJECT;
	/* one bit that is set is enough */
	return v.v && !r->may_fail ? NT_ACCEPT : NT_UNDECIDED;
}

static enum nt_verdict run(struct machine *m, unsigned int pc, struct regs *r, unsigned int depth)
{
	const struct sock_filter *f;
	enum nt_verdict other;
	struct regs copy;
	enum answer yes;

	for (;; pc++) {
		f = &m->prog[pc];
		if (!m->steps--) {
			m->steps = 0;
			return NT_UNDECIDED;
		}
		if (BPF_CLASS(f->code) == BPF_RET)
			return verdict(r, f);
		if (BPF_CLASS(f->code) != BPF_JMP) {
			if (!step(m, r, f))
				return NT_REJECT;
			continue;
		}
		if (BPF_OP(f->code) == BPF_JA) {
			pc += f->k;
			continue;
		}
		yes = holds(r, f);
		if (yes == MAYBE) {
			if (!depth)
				return NT_UNDECIDED;
			copy = *r;
			other = run(m, pc + 1 + f->jf, &copy, depth - 1);
			if (other == NT_UNDECIDED)
				return other;
			if (run(m, pc + 1 + f->jt, r, depth - 1) != other)
				return NT_UNDECIDED;
			return other;
		}
		pc += yes == YES ? f->jt : f->jf;
	}
}

enum nt_verdict nt_filter_run(const struct sock_filter *prog, unsigned int n,
			      const struct nt_partial *pkt)
{
	struct machine m = { .prog = prog, .pkt = pkt, .steps = STEPS_MAX };
	struct regs r = { .a = exactly(0), .x = exactly(0) };
	unsigned int i;

	if (!n)
		return NT_REJECT;
	for (i = 0; i < BPF_MEMWORDS; i++)
		r.m[i] = exactly(0);
	return run(&m, 0, &r, BRANCHES_MAX);
}

static bool check_load(const struct sock_filter *f, bool x)
{
	if (BPF_MODE(f->code) == BPF_MEM)
		return f->k < BPF_MEMWORDS && BPF_SIZE(f->code) == BPF_W;
	if (BPF_MODE(f->code) == BPF_IMM || BPF_MODE(f->code) == BPF_LEN)
		return BPF_SIZE(f->code) == BPF_W;
	if (x)
		return f->code == (BPF_LDX | BPF_B | BPF_MSH);
	return (BPF_MODE(f->code) == BPF_ABS || BPF_MODE(f->code) == BPF_IND) &&
	       BPF_SIZE(f->code) != (BPF_W | BPF_H | BPF_B);
}

static bool check_alu(const struct sock_filter *f)
{
	bool k = BPF_SRC(f->code) == BPF_K;

	switch (BPF_OP(f->code)) {
	case BPF_DIV:
	case BPF_MOD:
		return !k || f->k;
	case BPF_LSH:
	case BPF_RSH:
		return !k || f->k < 32;
	case BPF_NEG:
		return k;
	default:
		return BPF_OP(f->code) <= BPF_XOR;
	}
}

/* @left: instructions behind this one */
static bool check_jump(const struct sock_filter *f, unsigned int left)
{
	switch (BPF_OP(f->code)) {
	case BPF_JA:
		return f->k < left;
	case BPF_JEQ:
	case BPF_JGT:
	case BPF_JGE:
	case BPF_JSET:
		return f->jt < left && f->jf < left;
	default:
		return false;
	}
}

bool nt_filter_check(const struct sock_filter *prog, unsigned int n)
{
	const struct sock_filter *f;
	unsigned int i;
	bool good = true;

	for (i = 0; good && i < n; i++) {
		f = &prog[i];
		switch (BPF_CLASS(f->code)) {
		case BPF_LD:
			good = check_load(f, false);
			break;
		case BPF_LDX:
			good = check_load(f, true);
			break;
		case BPF_ST:
		case BPF_STX:
			good = f->k < BPF_MEMWORDS && !(f->code & ~7);
			break;
		case BPF_ALU:
			good = check_alu(f);
			break;
		case BPF_JMP:
			good = check_jump(f, n - 1 - i);
			break;
		case BPF_RET:
			good = BPF_RVAL(f->code) == BPF_K || BPF_RVAL(f->code) == BPF_A;
			break;
		default:
			good = BPF_MISCOP(f->code) == BPF_TAX || BPF_MISCOP(f->code) == BPF_TXA;
			break;
		}
		good = good && !(f->code & ~0xff);
	}
	return good && n && n <= BPF_MAXINSNS && BPF_CLASS(prog[n - 1].code) == BPF_RET;
}
