// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_filter_expr.c - filter*.c: which sockets' records belong to the packets that an
 * expression selects, and which expressions are refused, with which sentence
 */
#include <errno.h>

#include "crafted.h"

/* ---- sockets ------------------------------------------------------------ */

static union nettrace_rec state_rec(u8 family, const char *local, u16 lport, const char *remote,
				    u16 rport)
{
	union nettrace_rec rec;

	memset(&rec, 0, sizeof(rec));
	rec.hdr.type = NETTRACE_STATE;
	rec.hdr.family = family;
	memcpy(rec.state.local, local, family == NETTRACE_IPV6 ? 16 : 4);
	memcpy(rec.state.remote, remote, family == NETTRACE_IPV6 ? 16 : 4);
	rec.state.lport = lport;
	rec.state.rport = rport;
	return rec;
}

static void follows_addresses(void **state)
{
	static const struct {
		const char *expr;
		bool connected, connecting, listening, six, child;
	} cases[] = {
		{ "host 10.0.0.1", true, true, true, false, true },
		{ "src host 10.0.0.2", true, true, true, false, true },
		{ "host 10.0.0.9", false, false, true, false, true },
		{ "port 80", true, true, true, true, true },
		{ "port 81", false, false, false, false, true },
		{ "port 40000", true, false, false, true, true },
		{ "src port 80", true, true, true, true, true },
		{ "udp", false, false, false, false, false },
		{ "arp or icmp", false, false, false, false, false },
		{ "tcp[tcpflags] = tcp-syn", true, true, true, false, true },
		{ "tcp[tcpflags] & tcp-urg != 0", false, false, false, false, false },
		{ "len > 1000", true, true, true, true, true },
		{ "ip6", false, false, true, true, true },
		{ "net fd00::/16", false, false, true, true, true },
		{ "tcp[4:4] = 77 and port 80", true, true, true, false, true },
		{ "ip[6:2] & 0x1fff != 0", false, false, false, false, false },
	};
	union nettrace_rec rec[5];
	size_t i;

	(void)state;
	rec[0] = state_rec(NETTRACE_IPV4, "\x0a\0\0\1", 40000, "\x0a\0\0\2", 80);
	rec[1] = state_rec(NETTRACE_IPV4, "\x0a\0\0\1", 0, "\x0a\0\0\2", 80);
	/* a listener of both families */
	rec[2] = state_rec(NETTRACE_IPV6, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 80,
			   "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 0);
	rec[3] = state_rec(NETTRACE_IPV6, "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 40000,
			   "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 80);
	rec[1].state.old_state = NETTRACE_TCP_CLOSE;
	rec[1].state.new_state = NETTRACE_TCP_SYN_SENT;
	rec[4] = rec[2];
	rec[2].state.new_state = NETTRACE_TCP_LISTEN;
	rec[4].state.old_state = NETTRACE_TCP_LISTEN;
	rec[4].state.new_state = NETTRACE_TCP_SYN_RECV;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nt_filter *f = compiled(cases[i].expr);
		const bool want[] = { cases[i].connected, cases[i].connecting, cases[i].listening,
				      cases[i].six, cases[i].child };
		size_t k;

		for (k = 0; k < 5; k++) {
			enum nt_verdict v = nt_filter_record(f, &rec[k]);

			assert_int_not_equal(v, NT_UNDECIDED);
			if ((v == NT_ACCEPT) != want[k])
				fail_msg("'%s' of socket %zu: %d", cases[i].expr, k, v);
		}
		nt_filter_free(f);
	}
}

static void others_pass(void **state)
{
	struct nt_filter *f = compiled("udp port 9");
	union nettrace_rec rec;

	(void)state;
	memset(&rec, 0, sizeof(rec));
	rec.hdr.type = NETTRACE_GAP;
	assert_int_equal(nt_filter_record(f, &rec), NT_ACCEPT);
	rec.hdr.type = NETTRACE_INFO;
	assert_int_equal(nt_filter_record(f, &rec), NT_ACCEPT);
	nt_filter_free(f);
}

/* as the packet that is routed, or as the question for the neighbour's address */
static void follows_lower_layers(void **state)
{
	static const struct {
		const char *expr;
		enum nt_verdict tcp, udp6, icmp, arp, nd;
	} cases[] = {
		{ "host 10.0.2.2", NT_ACCEPT, NT_REJECT, NT_ACCEPT, NT_ACCEPT, NT_REJECT },
		{ "host 10.0.9.9", NT_REJECT, NT_REJECT, NT_REJECT, NT_REJECT, NT_REJECT },
		{ "host fd00::2", NT_REJECT, NT_ACCEPT, NT_REJECT, NT_REJECT, NT_ACCEPT },
		{ "port 80", NT_ACCEPT, NT_REJECT, NT_REJECT, NT_REJECT, NT_REJECT },
		{ "udp port 53", NT_REJECT, NT_ACCEPT, NT_REJECT, NT_REJECT, NT_REJECT },
		{ "tcp[tcpflags] & tcp-syn != 0", NT_ACCEPT, NT_REJECT, NT_REJECT, NT_REJECT,
		  NT_REJECT },
		{ "icmp", NT_REJECT, NT_REJECT, NT_ACCEPT, NT_REJECT, NT_REJECT },
		{ "icmp[icmptype] = icmp-echo", NT_REJECT, NT_REJECT, NT_UNDECIDED, NT_REJECT,
		  NT_REJECT },
		{ "arp", NT_REJECT, NT_REJECT, NT_REJECT, NT_ACCEPT, NT_REJECT },
		{ "icmp6[icmp6type] = icmp6-neighborsolicit", NT_REJECT, NT_REJECT, NT_REJECT,
		  NT_REJECT, NT_ACCEPT },
	};
	union nettrace_rec rec[5];
	size_t i, k;

	(void)state;
	memset(rec, 0, sizeof(rec));
	for (k = 0; k < 3; k++) {
		rec[k].hdr.type = NETTRACE_ROUTE;
		rec[k].hdr.family = NETTRACE_IPV4;
		memcpy(rec[k].route.src, "\x0a\0\1\1", 4);
		memcpy(rec[k].route.dst, "\x0a\0\2\2", 4);
	}
	rec[0].route.proto = IPPROTO_TCP;
	rec[0].route.sport = 40000;
	rec[0].route.dport = 80;
	rec[1].route.proto = IPPROTO_UDP;
	rec[1].hdr.family = NETTRACE_IPV6;
	memcpy(rec[1].route.dst, "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	rec[1].route.dport = 53;
	rec[2].route.proto = IPPROTO_ICMP;
	rec[3].hdr.type = rec[4].hdr.type = NETTRACE_NEIGH;
	rec[3].hdr.family = NETTRACE_IPV4;
	memcpy(rec[3].neigh.addr, "\x0a\0\2\2", 4);
	rec[4].hdr.family = NETTRACE_IPV6;
	memcpy(rec[4].neigh.addr, "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const enum nt_verdict want[] = { cases[i].tcp, cases[i].udp6, cases[i].icmp,
						 cases[i].arp, cases[i].nd };
		struct nt_filter *f = compiled(cases[i].expr);

		for (k = 0; k < 5; k++) {
			enum nt_verdict v = nt_filter_record(f, &rec[k]);

			if (v != want[k])
				fail_msg("'%s' of record %zu: %d", cases[i].expr, k, v);
		}
		nt_filter_free(f);
	}
}

/* ---- what is refused ---------------------------------------------------- */

static void refuses_with_a_sentence(void **state)
{
	static const struct {
		const char *expr, *says, *hint;
	} cases[] = {
		{ "vlan", "vlan", "VLAN tag" },
		{ "vlan 7 and tcp", "VLAN", "namespace" },
		{ "inbound", "inbound", "src host" },
		{ "tcp and outbound", "outbound", "dst host" },
		{ "ether host 02:00:00:00:00:01", "ethernet", "network header" },
		{ "ether[0] & 1 = 1", "link header", "network header" },
		{ "link [ 20 ] = 6", "link header", "network header" },
		{ "ifname eth0", "ifname", "device" },
		{ "ip broadcast", "netmask", "dst host" },
		{ "ip6 protochain 6", "kernel", "loop" },
		{ "geneve", "outside", "6081" },
		{ "mpls", "MPLS", "network header" },
		{ "multicast", "link-layer", "ip multicast" },
		{ "rarp", "match nothing", "pcap-filter(7)" },
		{ "stp", "match nothing", "pcap-filter(7)" },
		{ "ether proto 0x88cc", "match nothing", "network header" },
		{ "tcp and udp", "rejects all packets", "pcap-filter(7)" },
		{ "port eighty", "eighty", "pcap-filter(7)" },
		{ "tcp tcp", "syntax error", "pcap-filter(7)" },
		{ "ip[0xfffff000] = 1", "'ip[", "" },
		{ "ip[4294967280:2] = 1", "'ip[", "" },
		{ "\033[31m", "\\x1b[31m", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nt_error err = { "" };
		struct nt_filter *f;
		int ret = nt_filter_compile(&f, cases[i].expr, &err);

		if (ret != -EINVAL || f)
			fail_msg("'%s': %d", cases[i].expr, ret);
		assert_says(&err, cases[i].says);
		assert_says(&err, cases[i].hint);
	}
}

/* names are words, not parts of words */
static void words_are_whole(void **state)
{
	struct nt_error err = { "" };
	struct nt_filter *f;

	(void)state;
	assert_int_equal(nt_filter_compile(&f, "host vlan.invalid and nonsense", &err), -EINVAL);
	assert_says(&err, "pcap-filter(7)");
	assert_null(strstr(err.text, "VLAN tag"));
}

static void too_long_for_the_kernel(void **state)
{
	char *expr = malloc(32 * 3000), *p = expr;
	struct nt_error err = { "" };
	struct nt_filter *f;
	int i;

	(void)state;
	assert_non_null(expr);
	for (i = 0; i < 2100; i++)
		p += sprintf(p, "%sip[%d] = 1", i ? " or " : "", i);
	assert_int_equal(nt_filter_compile(&f, expr, &err), -EINVAL);
	assert_says(&err, "too long");
	assert_true(strlen(err.text) < 400);
	free(expr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_addresses),	cmocka_unit_test(others_pass),
		cmocka_unit_test(follows_lower_layers), cmocka_unit_test(refuses_with_a_sentence),
		cmocka_unit_test(words_are_whole),	cmocka_unit_test(too_long_for_the_kernel),
	};

	return cmocka_run_group_tests_name("filter_expr", tests, NULL, NULL);
}
