// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_filter_run.c - our interpreter of filters against libpcap's, on programs that
 * no compiler makes
 *
 * Where the whole packet is known the two must agree.  Where bits are not known, a
 * verdict must hold for every packet that it may be: some of them are tried.
 */
#include "crafted.h"

#define ROUNDS 30000
#define NCODE  24
#define NOTHER 6 /* packets that differ in what is not known */

/* one of any kind; @left: instructions behind it */
static struct sock_filter any_instruction(unsigned int left)
{
	static const u16 codes[] = {
		BPF_LD | BPF_W | BPF_ABS,
		BPF_LD | BPF_H | BPF_ABS,
		BPF_LD | BPF_B | BPF_ABS,
		BPF_LD | BPF_W | BPF_IND,
		BPF_LD | BPF_H | BPF_IND,
		BPF_LD | BPF_B | BPF_IND,
		BPF_LD | BPF_IMM,
		BPF_LD | BPF_MEM,
		BPF_LD | BPF_W | BPF_LEN,
		BPF_LDX | BPF_IMM,
		BPF_LDX | BPF_MEM,
		BPF_LDX | BPF_W | BPF_LEN,
		BPF_LDX | BPF_B | BPF_MSH,
		BPF_ST,
		BPF_STX,
		BPF_MISC | BPF_TAX,
		BPF_MISC | BPF_TXA,
		BPF_ALU | BPF_NEG,
		BPF_ALU | BPF_ADD | BPF_K,
		BPF_ALU | BPF_SUB | BPF_X,
		BPF_ALU | BPF_MUL | BPF_K,
		BPF_ALU | BPF_DIV | BPF_X,
		BPF_ALU | BPF_MOD | BPF_X,
		BPF_ALU | BPF_AND | BPF_K,
		BPF_ALU | BPF_OR | BPF_X,
		BPF_ALU | BPF_XOR | BPF_X,
		BPF_ALU | BPF_LSH | BPF_K,
		BPF_ALU | BPF_RSH | BPF_K,
		BPF_JMP | BPF_JA,
		BPF_JMP | BPF_JEQ | BPF_K,
		BPF_JMP | BPF_JGT | BPF_X,
		BPF_JMP | BPF_JGE | BPF_K,
		BPF_JMP | BPF_JSET | BPF_K,
		BPF_JMP | BPF_JEQ | BPF_X,
		BPF_JMP | BPF_JSET | BPF_X,
	};
	u16 op = codes[any(sizeof(codes) / sizeof(codes[0]))];
	struct sock_filter f = { .code = op };

	switch (BPF_CLASS(op)) {
	case BPF_JMP:
		f.k = BPF_OP(op) == BPF_JA ? any(left) : any(3) ? any(256) : rnd;
		if (BPF_OP(op) != BPF_JA) {
			f.jt = any(left);
			f.jf = any(left);
		}
		break;
	case BPF_ALU:
		f.k = BPF_OP(op) == BPF_LSH || BPF_OP(op) == BPF_RSH ? any(32) :
		      any(2)					     ? rnd :
								       any(256);
		if (BPF_OP(op) == BPF_NEG || BPF_SRC(op) == BPF_X)
			f.k = 0;
		break;
	case BPF_ST:
	case BPF_STX:
		f.k = any(BPF_MEMWORDS);
		break;
	default:
		f.k = BPF_MODE(op) == BPF_MEM ? any(BPF_MEMWORDS) : any(70);
	}
	return f;
}

/* libpcap's memory begins as anything: all of it is written first */
static unsigned int any_program(struct sock_filter *code)
{
	unsigned int n = 0, i, end = BPF_MEMWORDS + 4 + any(NCODE - 4);

	for (i = 0; i < BPF_MEMWORDS; i++)
		code[n++] = (struct sock_filter)BPF_STMT(BPF_ST, i);
	while (n < end - 2) {
		code[n] = any_instruction(end - n - 1);
		n++;
	}
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, any(4));
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_A, 0);
	return n;
}

static bool by_libpcap(const struct sock_filter *code, const u8 *b, u32 len)
{
	return bpf_filter((const struct bpf_insn *)code, b, len, len) != 0;
}

static void any_packet(struct nt_partial *pkt)
{
	unsigned int i;

	memset(pkt, 0, sizeof(*pkt));
	pkt->ethertype = ETH_P_IP;
	pkt->exact = true;
	pkt->len = 1 + any(64);
	for (i = 0; i < pkt->len; i++) {
		pkt->byte[i] = any(3) ? any(256) : 0;
		pkt->known[i] = 0xff;
	}
}

static void agrees_where_all_is_known(void **state)
{
	struct sock_filter code[BPF_MEMWORDS + NCODE];
	unsigned int i, accepted = 0;
	struct nt_partial pkt;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		unsigned int n = any_program(code);
		enum nt_verdict v;
		bool want;

		assert_true(nt_filter_check(code, n));
		any_packet(&pkt);
		want = by_libpcap(code, pkt.byte, pkt.len);
		v = nt_filter_run(code, n, &pkt);
		/* what an offset beyond 2 GiB means is not the same in the kernel */
		if (v != NT_UNDECIDED && (v == NT_ACCEPT) != want)
			fail_msg("program %u: %s, but libpcap says %s", i,
				 v == NT_ACCEPT ? "accepted" : "rejected",
				 want ? "accepted" : "rejected");
		accepted += v == NT_ACCEPT;
	}
	assert_true(accepted > ROUNDS / 10 && accepted < ROUNDS - ROUNDS / 10);
}

/* the same packet, with other bits where they are not known */
static void another(u8 *b, const struct nt_partial *pkt)
{
	unsigned int i;

	for (i = 0; i < pkt->len; i++)
		b[i] = pkt->byte[i] | (any(256) & ~pkt->known[i]);
}

static void holds_whatever_is_not_known(void **state)
{
	struct sock_filter code[BPF_MEMWORDS + NCODE];
	unsigned int i, k, decided = 0;
	struct nt_partial pkt;
	u8 b[NT_PARTIAL_BYTES];

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		unsigned int n = any_program(code);
		enum nt_verdict v;

		any_packet(&pkt);
		for (k = 0; k < pkt.len; k++) {
			pkt.known[k] = any(3) ? 0xff : any(2) ? 0 : any(256);
			pkt.byte[k] &= pkt.known[k];
		}
		v = nt_filter_run(code, n, &pkt);
		if (v == NT_UNDECIDED)
			continue;
		decided++;
		for (k = 0; k < NOTHER; k++) {
			another(b, &pkt);
			if (by_libpcap(code, b, pkt.len) != (v == NT_ACCEPT))
				fail_msg("program %u is not right for packet %u", i, k);
		}
	}
	assert_true(decided > ROUNDS / 10);
}

/* of a packet that may be longer than is known, a load behind that decides nothing */
static void length_that_is_a_beginning(void **state)
{
	static const struct sock_filter far[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 30),
		BPF_STMT(BPF_RET | BPF_K, 1),
	};
	static const struct sock_filter by_len[] = {
		BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0),
		BPF_STMT(BPF_MISC | BPF_TXA, 0),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 20, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct nt_partial pkt;

	(void)state;
	memset(&pkt, 0, sizeof(pkt));
	pkt.len = 24;
	pkt.exact = true;
	assert_int_equal(nt_filter_run(far, 2, &pkt), NT_REJECT);
	assert_int_equal(nt_filter_run(by_len, 5, &pkt), NT_ACCEPT);
	pkt.exact = false;
	assert_int_equal(nt_filter_run(far, 2, &pkt), NT_UNDECIDED);
	assert_int_equal(nt_filter_run(by_len, 5, &pkt), NT_UNDECIDED);
	assert_int_equal(nt_filter_run(far, 0, &pkt), NT_REJECT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_where_all_is_known),
		cmocka_unit_test(holds_whatever_is_not_known),
		cmocka_unit_test(length_that_is_a_beginning),
	};

	return cmocka_run_group_tests_name("filter_run", tests, NULL, NULL);
}
