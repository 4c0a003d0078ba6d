// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_gate.c - module/core/gate.c against libpcap's own interpreter
 *
 * Of thousands of packets, whole and broken, none that libpcap accepts may be shut
 * out.  Of those that it rejects most have to be, by the expressions that people
 * use: a gate that always stands open would be no use.  Programs that no compiler
 * makes show that nothing is believed that does not follow.
 */
#include <errno.h>

#include "crafted.h"
#include "../../module/core/gate.h"

#ifndef ROUNDS
#define ROUNDS 6000
#endif

struct gates {
	struct nettrace_gate of[3];
};

static unsigned int index_of(u16 type)
{
	return type == ETH_P_IP ? 0 : type == ETH_P_IPV6 ? 1 : 2;
}

static struct gates gates_of(const struct sock_filter *prog, unsigned int n)
{
	static const u8 family[] = { NETTRACE_IPV4, NETTRACE_IPV6, NETTRACE_ARP };
	struct nettrace_gate_step *steps = calloc(n, sizeof(*steps));
	struct gates g;
	unsigned int i;

	assert_non_null(steps);
	memset(&g, 0xff, sizeof(g));
	for (i = 0; i < 3; i++)
		nettrace_gate_make(&g.of[i], prog, n, family[i], steps);
	free(steps);
	return g;
}

static struct gates gates_of_expr(const char *expr)
{
	struct nt_filter *f = compiled(expr);
	const struct sock_filter *prog;
	struct gates g;
	unsigned int n;

	prog = nt_filter_program(f, &n);
	g = gates_of(prog, n);
	nt_filter_free(f);
	return g;
}

/* a copy of its own, so that a read past its end is found */
static bool shuts(const struct gates *g, const struct crafted *c)
{
	u8 *b = malloc(c->k.len ? c->k.len : 1);
	bool shut;

	assert_non_null(b);
	memcpy(b, c->k.b, c->k.len);
	shut = nettrace_gate_shuts(&g->of[index_of(c->type)], b, c->k.len);
	free(b);
	return shut;
}

/*
 * @most: of a hundred packets that libpcap rejects so many are shut out at least.
 * @kind: of the gates for IPv4, IPv6 and ARP
 */
static const struct {
	const char *expr;
	unsigned int most;
	u8 kind[3];
} exprs[] = {
#define OPEN   NETTRACE_GATE_OPEN
#define CLOSED NETTRACE_GATE_CLOSED
#define NET    NETTRACE_GATE_NETWORK
#define TRANS  NETTRACE_GATE_TRANSPORT
#define ANY    0xff /* libpcaps differ */
	{ "", 0, { OPEN, OPEN, OPEN } },
	{ "arp", 100, { CLOSED, CLOSED, OPEN } },
	{ "ip", 100, { OPEN, CLOSED, CLOSED } },
	{ "ip6", 100, { CLOSED, OPEN, CLOSED } },
	{ "tcp", 85, { NET, NET, CLOSED } },
	{ "udp", 85, { NET, NET, CLOSED } },
	{ "icmp", 85, { NET, CLOSED, CLOSED } },
	{ "icmp or icmp6", 85, { NET, NET, CLOSED } },
	{ "tcp or udp", 80, { NET, NET, CLOSED } },
	{ "host 10.0.1.1", 85, { NET, CLOSED, NET } },
	{ "src host 10.0.1.1", 85, { NET, CLOSED, NET } },
	{ "host 10.0.1.1 and host 10.0.1.2", 55, { NET, CLOSED, NET } },
	{ "host 10.0.1.1 or host 10.0.1.2", 75, { NET, CLOSED, NET } },
	{ "host 10.0.1.1 or host 10.0.1.2 or host 10.0.1.9", 0, { OPEN, CLOSED, OPEN } },
	{ "net 10.0.1.0/31", 75, { NET, CLOSED, NET } },
	{ "host fd00::1", 85, { CLOSED, NET, CLOSED } },
	{ "net fd00::/16", 75, { CLOSED, NET, CLOSED } },
	{ "net fd00::/64", 75, { CLOSED, NET, CLOSED } },
	{ "port 80", 60, { TRANS, NET, CLOSED } },
	{ "dst port 80", 60, { TRANS, NET, CLOSED } },
	{ "tcp port 80", 60, { TRANS, NET, CLOSED } },
	{ "tcp port 81", 80, { TRANS, NET, CLOSED } },
	{ "port 80 or port 22", 40, { TRANS, NET, CLOSED } },
	{ "udp port 9 and host 192.0.2.9", 85, { NET, CLOSED, CLOSED } },
	{ "host 10.0.1.1 and not port 22", 80, { NET, CLOSED, NET } },
	{ "tcp port 80 and host 10.0.1.1", 65, { NET, CLOSED, CLOSED } },
	{ "tcp[tcpflags] & tcp-syn != 0", 60, { NET, ANY, CLOSED } },
	{ "arp host 10.0.1.1", 85, { CLOSED, CLOSED, NET } },
	{ "arp[6:2] = 1", 95, { CLOSED, CLOSED, NET } },
	/* no test that everything accepted must meet, or one that is no equality */
	{ "portrange 20-80", 10, { NET, NET, CLOSED } },
	{ "not port 22", 0, { OPEN, OPEN, OPEN } },
	{ "host 10.0.1.1 or udp", 0, { OPEN, NET, NET } },
	{ "len > 60", 0, { OPEN, OPEN, OPEN } },
	{ "ip[ip[1]:1] = 6", 0, { OPEN, CLOSED, CLOSED } },
	{ "ip[(ip[0] & 0xf) * 4 + 1] = 80", 0, { OPEN, CLOSED, CLOSED } },
#undef OPEN
#undef CLOSED
#undef NET
#undef TRANS
#undef ANY
};

#define NEXPRS (sizeof(exprs) / sizeof(exprs[0]))

static void never_shuts_out_what_is_accepted(void **state)
{
	static struct bpf_program bpf[NEXPRS];
	unsigned int rejected[NEXPRS] = { 0 }, shut[NEXPRS] = { 0 }, i, bad = 0;
	static struct gates g[NEXPRS];
	struct crafted c;
	size_t e;

	(void)state;
	for (e = 0; e < NEXPRS; e++) {
		compile_pcap(exprs[e].expr, &bpf[e]);
		g[e] = gates_of_expr(exprs[e].expr);
	}
	for (i = 0; i < ROUNDS; i++) {
		craft(&c);
		for (e = 0; e < NEXPRS; e++) {
			bool closed = shuts(&g[e], &c), accepted = by_pcap(&bpf[e], &c);

			if (accepted && closed)
				fail_msg("'%s' accepts what its gate shuts out", exprs[e].expr);
			rejected[e] += !accepted;
			shut[e] += closed;
		}
	}
	for (e = 0; e < NEXPRS; e++) {
		unsigned int share = rejected[e] ? 100 * shut[e] / rejected[e] : 100;

		bool wrong = share < exprs[e].most;

		for (i = 0; i < 3; i++)
			wrong |= exprs[e].kind[i] != 0xff && g[e].of[i].kind != exprs[e].kind[i];
		if (wrong || getenv("VERBOSE"))
			print_message("# %s %3u of 100 rejected are shut out, gates %u %u %u: %s\n",
				      wrong ? "WRONG" : "right", share, g[e].of[0].kind,
				      g[e].of[1].kind, g[e].of[2].kind, exprs[e].expr);
		bad += wrong;
		pcap_freecode(&bpf[e]);
	}
	assert_int_equal(bad, 0);
}

#define LD_PROTO BPF_STMT(BPF_LD | BPF_H | BPF_ABS, (u32)(SKF_AD_OFF + SKF_AD_PROTOCOL))
#define ACCEPT	 BPF_STMT(BPF_RET | BPF_K, 1)
#define REJECT	 BPF_STMT(BPF_RET | BPF_K, 0)

/* programs by hand, which accept a packet that a careless derivation shuts out */
static void believes_nothing_that_does_not_follow(void **state)
{
	static const struct {
		const char *what;
		unsigned int n;
		struct sock_filter code[10];
	} cases[] = {
		{ "A is changed after the load",
		  5,
		  { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12), BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1),
		    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x0a000002, 0, 1), ACCEPT, REJECT } },
		{ "A is loaded differently on two paths",
		  7,
		  { BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 1),
		    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
		    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16), BPF_STMT(BPF_LD | BPF_W | BPF_IMM, 7),
		    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 0, 1), ACCEPT, REJECT } },
		{ "the test is one way of two",
		  6,
		  { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12),
		    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 9, 2, 0),
		    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
		    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6, 0, 1), ACCEPT, REJECT } },
		{ "the test must not hold",
		  4,
		  { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12),
		    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 9, 1, 0), ACCEPT, REJECT } },
		{ "both ways are one",
		  3,
		  { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12),
		    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 9, 0, 0), ACCEPT } },
		{ "A is returned",
		  2,
		  { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12), BPF_STMT(BPF_RET | BPF_A, 0) } },
		{ "X is not the header's length any more",
		  7,
		  { BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), BPF_STMT(BPF_LD | BPF_IMM, 12),
		    BPF_STMT(BPF_MISC | BPF_TAX, 0), BPF_STMT(BPF_LD | BPF_H | BPF_IND, 0),
		    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x0a00, 0, 1), ACCEPT, REJECT } },
		{ "A comes from X",
		  6,
		  { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12), BPF_STMT(BPF_LDX | BPF_W | BPF_IMM, 9),
		    BPF_STMT(BPF_MISC | BPF_TXA, 0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 9, 0, 1),
		    ACCEPT, REJECT } },
		{ "the comparison is with X",
		  5,
		  { BPF_STMT(BPF_LDX | BPF_W | BPF_IMM, 0x0a000001),
		    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12),
		    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 1), ACCEPT, REJECT } },
		{ "another size",
		  4,
		  { BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x0a00, 0, 1), ACCEPT, REJECT } },
		{ "a mask that takes the bits away",
		  5,
		  { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12),
		    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xff000000),
		    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x0a000000, 0, 1), ACCEPT, REJECT } },
		{ "X is 0, where the network header begins",
		  5,
		  { BPF_STMT(BPF_LDX | BPF_W | BPF_IMM, 0), BPF_STMT(BPF_LD | BPF_H | BPF_IND, 0),
		    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x452e, 0, 1), ACCEPT, REJECT } },
		{ "A comes from the scratch memory",
		  7,
		  { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12), BPF_STMT(BPF_ST, 0),
		    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16), BPF_STMT(BPF_LD | BPF_MEM, 0),
		    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x0a000001, 0, 1), ACCEPT, REJECT } },
		{ "a jump over the reject",
		  4,
		  { LD_PROTO, BPF_STMT(BPF_JMP | BPF_JA, 1), REJECT, ACCEPT } },
	};
	struct crafted c = { .type = ETH_P_IP };
	size_t i;

	(void)state;
	ip4(&c.k, 6);
	tcp(&c.k, NETTRACE_TH_ACK, "\1\1\1\1", 4);
	ip4_done(&c.k);
	memcpy(c.k.b + 12, "\x0a\0\0\1", 4);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gates g = gates_of(cases[i].code, cases[i].n);
		struct nt_partial pkt = { .ethertype = ETH_P_IP, .exact = true, .len = c.k.len };

		/* the judge: the program does accept it */
		memcpy(pkt.byte, c.k.b, c.k.len);
		memset(pkt.known, 0xff, sizeof(pkt.known));
		if (nt_filter_run(cases[i].code, cases[i].n, &pkt) != NT_ACCEPT)
			fail_msg("%s: the program rejects it", cases[i].what);
		if (shuts(&g, &c))
			fail_msg("%s: and the packet is shut out", cases[i].what);
	}
}

/* 256 bytes behind a field: its offset, if only eight bits of it were kept */
static void far_loads_are_no_fields(void **state)
{
	static const struct sock_filter far[][5] = {
		{ BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 256 + 12), BPF_STMT(BPF_JMP | BPF_JA, 0),
		  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x01020304, 0, 1), ACCEPT, REJECT },
		{ BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), BPF_STMT(BPF_LD | BPF_H | BPF_IND, 256),
		  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x0506, 0, 1), ACCEPT, REJECT },
	};
	struct crafted c = { .type = ETH_P_IP };
	size_t i;

	(void)state;
	ip4(&c.k, 6);
	tcp(&c.k, NETTRACE_TH_ACK, "", 0);
	addn(&c.k, 300);
	memcpy(c.k.b + 256 + 12, "\1\2\3\4", 4);
	memcpy(c.k.b + 256 + 20, "\5\6", 2);
	ip4_done(&c.k);
	for (i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
		struct gates g = gates_of(far[i], 5);

		/* the judge is libpcap's interpreter: ours has no bytes so far behind */
		assert_int_equal(
			bpf_filter((const struct bpf_insn *)far[i], c.k.b, c.k.len, c.k.len), 1);
		assert_false(shuts(&g, &c));
	}
}

/* what leaves the program is none that a kernel takes: then nothing is shut out */
static void stands_open_where_the_program_ends_in_nothing(void **state)
{
	static const struct sock_filter leaves[][2] = {
		{ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 1, 0), REJECT },
		{ BPF_STMT(BPF_JMP | BPF_JA, 1), REJECT },
		/* one more would be a loop */
		{ BPF_STMT(BPF_JMP | BPF_JA, ~0u - 1), REJECT },
		{ BPF_STMT(BPF_JMP | BPF_JA, ~0u), REJECT },
		{ BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12), BPF_STMT(BPF_MISC | BPF_TAX, 0) },
	};
	size_t i, family;

	(void)state;
	for (i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
		struct gates g = gates_of(leaves[i], 2);

		assert_false(nt_filter_check(leaves[i], 2));
		for (family = 0; family < 3; family++)
			if (g.of[family].kind != NETTRACE_GATE_OPEN)
				fail_msg("program %zu leaves its end, and its gate is not open", i);
	}
}

/* random programs on random packets: our own interpreter is the judge */
static void holds_for_any_program(void **state)
{
	static const u16 codes[] = {
		BPF_LD | BPF_W | BPF_ABS,  BPF_LD | BPF_W | BPF_ABS,  BPF_LD | BPF_B | BPF_ABS,
		BPF_LD | BPF_H | BPF_ABS,  BPF_LD | BPF_H | BPF_IND,  BPF_LD | BPF_H | BPF_IND,
		BPF_LD | BPF_IMM,	   BPF_LDX | BPF_B | BPF_MSH, BPF_LDX | BPF_IMM,
		BPF_ALU | BPF_AND | BPF_K, BPF_ALU | BPF_ADD | BPF_K, BPF_MISC | BPF_TAX,
		BPF_MISC | BPF_TXA,	   BPF_JMP | BPF_JEQ | BPF_K, BPF_JMP | BPF_JEQ | BPF_K,
		BPF_JMP | BPF_JEQ | BPF_K, BPF_JMP | BPF_JGT | BPF_K, BPF_JMP | BPF_JSET | BPF_K,
		BPF_JMP | BPF_JEQ | BPF_X, BPF_JMP | BPF_JEQ | BPF_K, BPF_JMP | BPF_JEQ | BPF_K,
	};
	static const u32 offs[] = { 9, 12, 16, 0, 2, 6, 12, 16 };
	static const u32 values[] = { 6,  17,	      22,	  80,	      0x0a000100,
				      53, 0x0a000101, 0x0a000102, 0xffffff00, 0xffff };
	unsigned int i, k, shut = 0, accepted = 0;
	struct sock_filter code[16];
	struct crafted c;

	(void)state;
	for (i = 0; i < 4 * ROUNDS; i++) {
		unsigned int n = 4 + any(10);
		struct gates g;

		for (k = 0; k < n - 2; k++) {
			u16 op = codes[any(sizeof(codes) / sizeof(codes[0]))];
			unsigned int left = n - k - 1;

			code[k] = (struct sock_filter){ op, 0, 0, values[any(10)] };
			if (BPF_CLASS(op) == BPF_JMP) {
				code[k].jt = any(left);
				code[k].jf = any(left);
			} else if (BPF_CLASS(op) == BPF_LD && BPF_MODE(op) != BPF_IMM) {
				code[k].k = offs[any(8)];
			} else if (op == (BPF_LDX | BPF_B | BPF_MSH)) {
				code[k].k = 0;
			}
		}
		code[n - 2] = (struct sock_filter)ACCEPT;
		code[n - 1] = (struct sock_filter)REJECT;
		assert_true(nt_filter_check(code, n));
		g = gates_of(code, n);
		for (k = 0; k < 8; k++) {
			struct nt_partial pkt;
			bool closed;

			do
				craft(&c);
			while (c.type != ETH_P_IP || c.k.len > NT_PARTIAL_BYTES);
			memset(&pkt, 0, sizeof(pkt));
			pkt.ethertype = c.type;
			pkt.exact = true;
			pkt.len = c.k.len;
			memcpy(pkt.byte, c.k.b, c.k.len);
			memset(pkt.known, 0xff, sizeof(pkt.known));
			closed = shuts(&g, &c);
			shut += closed && g.of[0].kind != NETTRACE_GATE_CLOSED;
			if (nt_filter_run(code, n, &pkt) != NT_ACCEPT)
				continue;
			accepted++;
			if (closed)
				fail_msg("program %u accepts what its gate shuts out", i);
		}
	}
	print_message("# %u accepted, %u shut out by a test\n", accepted, shut);
	assert_true(accepted > 1000 && shut > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_shuts_out_what_is_accepted),
		cmocka_unit_test(believes_nothing_that_does_not_follow),
		cmocka_unit_test(far_loads_are_no_fields),
		cmocka_unit_test(stands_open_where_the_program_ends_in_nothing),
		cmocka_unit_test(holds_for_any_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
