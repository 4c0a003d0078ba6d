// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_filter.c - filter*.c against libpcap's own interpreter and the kernel's
 *
 * Thousands of packets, whole and broken, go through module/core as in the
 * kernel; what the filter says of the record is compared with what libpcap says
 * of the bytes.  "Undecided" is never wrong, so there are tests, too, of what
 * has to be decided.  Sockets, and what is refused: test_filter_expr.c.
 */
#include <errno.h>
#include <sys/socket.h>

#include "crafted.h"

#ifndef ROUNDS
#define ROUNDS 6000
#endif

/* all of the packet is known: the rewritten program itself */
static enum nt_verdict by_bytes(const struct nt_filter *f, const struct crafted *c)
{
	const struct sock_filter *prog;
	struct nt_partial pkt;
	unsigned int n;

	memset(&pkt, 0, sizeof(pkt));
	pkt.ethertype = c->type;
	pkt.exact = true;
	pkt.len = c->k.len;
	memcpy(pkt.byte, c->k.b, c->k.len < sizeof(pkt.byte) ? c->k.len : sizeof(pkt.byte));
	memset(pkt.known, 0xff, sizeof(pkt.known));
	prog = nt_filter_program(f, &n);
	return nt_filter_run(prog, n, &pkt);
}

static const char *const exprs[] = {
	"",
	"arp",
	"ip",
	"ip6",
	"icmp",
	"icmp6",
	"tcp",
	"udp",
	"sctp",
	"igmp",
	"arp or icmp6",
	"not arp",
	"not ip and not ip6",
	"host 10.0.1.1",
	"src host 10.0.1.1",
	"dst host 10.0.1.1",
	"host 10.0.1.1 and not port 22",
	"host fd00::1",
	"src host fd00::2 or dst host 10.0.1.2",
	"net 10.0.1.0/31",
	"src net 10.0.0.0/8",
	"net fd00::/16",
	"dst net ff00::/8",
	"ip multicast",
	"ip6 multicast",
	"port 80",
	"src port 80",
	"dst port 80",
	"tcp port 80",
	"udp port 53",
	"tcp dst port 8080 and src host 10.0.1.0",
	"portrange 20-80",
	"tcp portrange 1024-40000",
	"udp src portrange 53-80",
	"not port 22",
	"not (tcp or udp)",
	"tcp[tcpflags] & tcp-syn != 0",
	"tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
	"tcp[tcpflags] == tcp-syn",
	"tcp[13] & 0x12 = 0x12",
	"tcp[tcpflags] & (tcp-rst) != 0 or icmp",
	"tcp[4:4] > 500",
	"tcp[8:4] = 7",
	"tcp[14:2] < 30000",
	"tcp[12] & 0xf0 = 0x50",
	"tcp[12] >> 4 > 7",
	"tcp[12] & 0x0f != 0",
	"tcp[16:2] = 0",
	"tcp[18:2] != 0",
	"tcp[20] = 1",
	"tcp port 80 and (((ip[2:2] - ((ip[0]&0xf)<<2)) - ((tcp[12]&0xf0)>>2)) != 0)",
	"ip proto 47",
	"ip proto \\tcp",
	"ip6 proto 6",
	"ip6 proto 17",
	"proto 58",
	"ip[0] & 0xf != 5",
	"ip[1] & 3 = 3",
	"ip[4:2] & 1 = 1",
	"ip[6] & 0x40 != 0",
	"ip[6:2] & 0x1fff != 0",
	"ip[6:2] & 0x3fff = 0",
	"ip[6] & 0x80 != 0",
	"ip[8] < 64",
	"ip[9] = 6",
	"ip[10:2] != 0",
	"ip[20] = 1",
	"ip6[6] = 44",
	"ip6[6] = 44 and ip6[40] = 17",
	"ip6[4:2] > 40",
	"ip6[0:2] & 0x0ff0 = 0",
	"ip6[0:4] & 0xfffff = 0",
	"ip6[7] = 64",
	"ip6[40:4] != 0",
	"icmp[icmptype] = icmp-echo",
	"icmp[0] = 8 and icmp[4:2] > 100",
	"icmp[6:2] = 1 or icmp6[0] = 135",
	"icmp6[icmp6type] = icmp6-echo",
	"udp[4:2] > 20",
	"udp[6:2] != 0",
	"udp[8] = 1",
	"arp[6:2] = 1",
	"arp[7] = 2 and arp host 10.0.1.1",
	"arp[24:4] = 0x0a000101",
	"arp[28] = 0xa1",
	"len > 60",
	"less 40",
	"greater 40 and less 100",
	"ip[2:2] * 2 / 3 % 7 = 1",
	"ip[ip[1]:1] = 6",
	"ip[(ip[0] & 0xf) * 4 + 1] = 80",
	"ip[200:4] = 1",
	"tcp and ip[0] ^ 0x45 = 0",
	"host 10.0.1.1 and (port 22 or (ip[1] | 3) = 3)",
};

#define NEXPRS (sizeof(exprs) / sizeof(exprs[0]))

struct tally {
	unsigned int same, undecided, clean, clean_undecided;
};

static void compare(const struct nt_filter *f, const struct bpf_program *bpf,
		    const struct crafted *c, struct tally *t)
{
	bool want = by_pcap(bpf, c);
	enum nt_verdict v = nt_filter_record(f, &c->rec), whole = by_bytes(f, c);
	const struct nettrace_packet *p = &c->rec.packet;
	bool clean = p->flags & NETTRACE_PKT_L4 &&
		     !(p->flags &
		       (NETTRACE_PKT_MALFORMED | NETTRACE_PKT_TRUNCATED | NETTRACE_PKT_IP_OPTS));

	if (v != NT_UNDECIDED && (v == NT_ACCEPT) != want)
		fail_msg(
			"'%s': record says %d, libpcap %d; family %u proto %u flags %#x len %u payload %u",
			nt_filter_expr(f), v, want, p->hdr.family, p->proto, p->flags, p->len,
			p->payload);
	if (whole != NT_UNDECIDED && (whole == NT_ACCEPT) != want)
		fail_msg("'%s': rewritten says %d, libpcap %d", nt_filter_expr(f), whole, want);
	t->same += v != NT_UNDECIDED;
	t->undecided += v == NT_UNDECIDED;
	t->clean += clean;
	t->clean_undecided += clean && v == NT_UNDECIDED;
}

static void agrees_with_libpcap(void **state)
{
	static struct bpf_program bpf[NEXPRS];
	struct nt_filter *f[NEXPRS];
	struct tally t[NEXPRS] = { 0 }, sum = { 0 };
	struct crafted c;
	unsigned int i;
	size_t e;

	(void)state;
	for (e = 0; e < NEXPRS; e++) {
		compile_pcap(exprs[e], &bpf[e]);
		f[e] = compiled(exprs[e]);
	}
	for (i = 0; i < ROUNDS; i++) {
		craft(&c);
		for (e = 0; e < NEXPRS; e++)
			compare(f[e], &bpf[e], &c, &t[e]);
	}
	for (e = 0; e < NEXPRS; e++) {
		if (getenv("VERBOSE"))
			print_message("# %6u %6u clean %6u %6u  %s\n", t[e].same, t[e].undecided,
				      t[e].clean, t[e].clean_undecided, exprs[e]);
		sum.same += t[e].same;
		sum.undecided += t[e].undecided;
		pcap_freecode(&bpf[e]);
		nt_filter_free(f[e]);
	}
	print_message("# %u decided, %u undecided\n", sum.same, sum.undecided);
	assert_true(sum.undecided < sum.same / 10);
}

/* expressions on what every record holds: decided for each packet that is whole */
static void decides_what_records_hold(void **state)
{
	static const char *const sure[] = {
		"arp",
		"tcp",
		"icmp6",
		"host 10.0.1.1",
		"net fd00::/16",
		"port 80",
		"not port 22",
		"portrange 20-80",
		"tcp[tcpflags] & tcp-syn != 0",
		"tcp[4:4] > 500",
		"tcp[12] >> 4 > 7",
		"ip[6:2] & 0x3fff = 0",
		"ip[8] < 64",
		"ip proto 47",
		"ip6 proto 17",
		"icmp[icmptype] = icmp-echo",
		"arp[6:2] = 1",
		"tcp port 80 and (((ip[2:2] - ((ip[0]&0xf)<<2)) - ((tcp[12]&0xf0)>>2)) != 0)",
	};
	struct tally t = { 0 };
	struct crafted c;
	size_t e;
	int i;

	(void)state;
	for (e = 0; e < sizeof(sure) / sizeof(sure[0]); e++) {
		struct nt_filter *f = compiled(sure[e]);
		struct bpf_program bpf;

		compile_pcap(sure[e], &bpf);
		for (i = 0; i < ROUNDS / 4; i++) {
			craft(&c);
			compare(f, &bpf, &c, &t);
			if (t.clean_undecided)
				fail_msg("'%s' is left undecided", sure[e]);
		}
		assert_true(t.clean > 0);
		pcap_freecode(&bpf);
		nt_filter_free(f);
	}
}

static void leaves_open_what_no_record_holds(void **state)
{
	static const struct {
		const char *expr;
		enum nt_verdict v;
	} cases[] = {
		{ "tcp[16:2] = 0x1234", NT_UNDECIDED }, /* checksum */
		{ "tcp[20] = 1", NT_UNDECIDED },	/* an option */
		{ "ip[10:2] = 0", NT_UNDECIDED },
		{ "ip[6] & 0x80 != 0", NT_UNDECIDED },
		{ "tcp[60] = 1", NT_REJECT }, /* it is not so long */
		{ "ip[10:2] = 0 and udp", NT_REJECT },
		{ "ip[10:2] = 0 or tcp", NT_ACCEPT },
		{ "tcp[20] = 1 and port 22", NT_REJECT },
		{ "tcp[20] < 256", NT_ACCEPT },
	};
	struct crafted c = { .type = ETH_P_IP };
	size_t i;

	(void)state;
	ip4(&c.k, 6);
	tcp(&c.k, NETTRACE_TH_ACK, "\1\1\1\1", 4);
	addn(&c.k, 10);
	ip4_done(&c.k);
	parse(&c);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nt_filter *f = compiled(cases[i].expr);

		if (nt_filter_record(f, &c.rec) != cases[i].v)
			fail_msg("'%s' gives %d", cases[i].expr, nt_filter_record(f, &c.rec));
		nt_filter_free(f);
	}
}

/* ---- the kernel --------------------------------------------------------- */

/* skb->protocol is not to be had here: its load becomes the constant */
static void attach(int fd, const struct nt_filter *f, u16 type)
{
	static struct sock_filter prog[BPF_MAXINSNS];
	const struct sock_filter *from;
	struct sock_fprog fp = { .filter = prog };
	unsigned int n, i;

	from = nt_filter_program(f, &n);
	fp.len = n;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER,
		       &(struct sock_fprog){ n, (struct sock_filter *)from }, sizeof(fp)))
		fail_msg("'%s' is refused by the kernel: %s", nt_filter_expr(f), strerror(errno));
	for (i = 0; i < n; i++) {
		prog[i] = from[i];
		if (prog[i].code == (BPF_LD | BPF_H | BPF_ABS) &&
		    prog[i].k == (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL))
			prog[i] = (struct sock_filter){ BPF_LD | BPF_IMM, 0, 0, type };
	}
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &fp, sizeof(fp)), 0);
}

/* a Unix socket filters as the hooks do: from the first byte on, same machine */
static bool by_kernel(const int *fd, const struct crafted *c)
{
	u8 b[PKT_MAX];

	assert_int_equal(send(fd[0], c->k.b, c->k.len, 0), c->k.len);
	return recv(fd[1], b, sizeof(b), MSG_DONTWAIT) >= 0;
}

static void agrees_with_the_kernel(void **state)
{
	static const u16 types[] = { ETH_P_IP, ETH_P_IPV6, ETH_P_ARP };
	static struct crafted c[600];
	int fd[2], i;
	size_t e, t;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd), 0);
	for (i = 0; i < 600; i++)
		do
			craft(&c[i]);
		while (!c[i].k.len);
	for (e = 0; e < NEXPRS; e++) {
		struct nt_filter *f = compiled(exprs[e]);

		for (t = 0; t < 3; t++) {
			attach(fd[1], f, types[t]);
			for (i = 0; i < 600; i++) {
				enum nt_verdict v;
				bool want;

				if (c[i].type != types[t])
					continue;
				want = by_kernel(fd, &c[i]);
				v = nt_filter_record(f, &c[i].rec);
				if (v != NT_UNDECIDED && (v == NT_ACCEPT) != want)
					fail_msg("'%s': we say %d, the kernel %d", exprs[e], v,
						 want);
			}
		}
		nt_filter_free(f);
	}
	close(fd[0]);
	close(fd[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_libpcap),
		cmocka_unit_test(decides_what_records_hold),
		cmocka_unit_test(leaves_open_what_no_record_holds),
		cmocka_unit_test(agrees_with_the_kernel),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
