// SPDX-License-Identifier: GPL-2.0-only
/*
 * filter.c - an expression as tcpdump takes it, made into what the hooks can run
 *
 * Purpose, ownership: filter.h.
 *
 * libpcap compiles for a cooked link type (DLT_LINUX_SLL): a link header of 16
 * bytes, of which the last two say the protocol.  The hooks' packets begin
 * behind it.  Hence: the load of these two bytes becomes the kernel's ancillary
 * load of the protocol; of each other load the 16 bytes are subtracted; where
 * that is not possible, the hooks do not see what is asked for.
 */
#include <ctype.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "filter_priv.h"
#include "i18n.h"

#define COOKED_LEN   16
#define COOKED_PROTO 14
#define SNAPLEN	     262144 /* what an accepting program returns */

struct nt_filter {
	char *expr;
	struct sock_filter *prog;
	unsigned int n;
};

#define LINK_HINT                                                                      \
	N_("the hooks see packets from the network header on: host, net, ip, ip6 and " \
	   "arp select by what is there")

/* words whose meaning lies outside of what the hooks see, and what to do instead */
static const struct {
	const char *word;
	const char *hint;
} hints[] = {
	{ "vlan",
	  N_("the hooks see packets after their VLAN tag was taken off: select by address (net, host), or trace the network namespace of the VLAN's device (-N)") },
	{ "inbound",
	  N_("the direction is not in the packet: src host and dst host select by address, and nettrace shows the hook") },
	{ "outbound",
	  N_("the direction is not in the packet: src host and dst host select by address, and nettrace shows the hook") },
	{ "ifname",
	  N_("the device is not in the packet: select by address (net, host), or trace the network namespace of the device (-N)") },
	{ "ifindex",
	  N_("the device is not in the packet: select by address (net, host), or trace the network namespace of the device (-N)") },
	{ "on",
	  N_("the device is not in the packet: select by address (net, host), or trace the network namespace of the device (-N)") },
	{ "protochain",
	  N_("it needs a loop, which no filter in the kernel may have: name the protocol with 'ip6 proto', which steps over a fragment header") },
	{ "geneve",
	  N_("of a tunnel the hooks see the outer packets: select them with 'udp port 6081', or trace the network namespace of the tunnel's device (-N)") },
	{ "broadcast",
	  N_("whether an address is a broadcast is not in the packet: name it with 'dst host ADDRESS'") },
	{ "multicast",
	  N_("link-layer addresses are not seen: 'ip multicast' and 'ip6 multicast' select by the network address") },
	{ "gateway", LINK_HINT },
	{ "ether", LINK_HINT },
	{ "link", LINK_HINT },
	{ "fddi", LINK_HINT },
	{ "tr", LINK_HINT },
	{ "wlan", LINK_HINT },
	{ "radio", LINK_HINT },
	{ "ppp", LINK_HINT },
	{ "slip", LINK_HINT },
	{ "mpls", LINK_HINT },
	{ "pppoed", LINK_HINT },
	{ "pppoes", LINK_HINT },
	{ "llc", LINK_HINT },
};

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-';
}

/* @word in the expression, not as part of a name; NULL: it is not there */
static const char *find_word(const char *expr, const char *word)
{
	size_t n = strlen(word);
	const char *p = expr;

	while ((p = strstr(p, word))) {
		if ((p == expr || !is_word_char(p[-1])) && !is_word_char(p[n]))
			return p + n;
		p += n;
	}
	return NULL;
}

static const char *hint_for(const char *expr)
{
	size_t i;

	for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (find_word(expr, hints[i].word))
			return hints[i].hint;
	return NULL;
}

static int refuse(struct nt_error *err, const char *expr, const char *why)
{
	const char *hint = hint_for(expr);

	return nt_error_set(err, -EINVAL, _("filter '%.100s%s': %s%s%s"), expr,
			    strlen(expr) > 100 ? "..." : "", why, hint ? "; " : "",
			    hint ? _(hint) : _("; pcap-filter(7) describes the language"));
}

/*
 * ether[12:2] and the like would compile to the very loads of ip[] that a
 * cooked header puts at another place: only the words tell them apart.
 */
static bool indexes_link(const char *expr)
{
	static const char *const names[] = { "ether", "link", "fddi",  "tr",
					     "wlan",  "ppp",  "radio", "slip" };
	const char *p;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (p = expr; (p = find_word(p, names[i]));)
			if (p[strspn(p, " \t\n\r")] == '[')
				return true;
	return false;
}

/* one load; false: it reaches for what is not there */
static bool rewrite_load(struct sock_filter *f)
{
	if (f->code == (BPF_LD | BPF_H | BPF_ABS) && f->k == COOKED_PROTO) {
		f->k = (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL);
		return true;
	}
	if (f->k < COOKED_LEN)
		return false;
	f->k -= COOKED_LEN;
	return f->k <= INT32_MAX; /* behind that are the kernel's ancillary loads */
}

static bool loads_bytes(const struct sock_filter *f)
{
	unsigned int mode = BPF_MODE(f->code);

	if (BPF_CLASS(f->code) == BPF_LD)
		return mode == BPF_ABS || mode == BPF_IND;
	return BPF_CLASS(f->code) == BPF_LDX && mode == BPF_MSH;
}

/* can it accept any packet of the three protocols that have hooks? */
static bool can_match(const struct nt_filter *f)
{
	static const uint16_t types[] = { ETH_P_IP, ETH_P_IPV6, ETH_P_ARP };
	struct nt_partial any;
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		memset(&any, 0, sizeof(any));
		any.ethertype = types[i];
		if (nt_filter_run(f->prog, f->n, &any) != NT_REJECT)
			return true;
	}
	return false;
}

static int take_program(struct nt_filter *f, const struct bpf_program *bpf, struct nt_error *err)
{
	unsigned int i;

	if (bpf->bf_len > BPF_MAXINSNS)
		return refuse(err, f->expr, _("it is too long for the kernel (4096 instructions)"));
	f->n = bpf->bf_len;
	f->prog = calloc(f->n ? f->n : 1, sizeof(*f->prog));
	if (!f->prog)
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	for (i = 0; i < f->n; i++) {
		const struct bpf_insn *b = &bpf->bf_insns[i];

		f->prog[i] = (struct sock_filter){ b->code, b->jt, b->jf, b->k };
		if (loads_bytes(&f->prog[i]) && !rewrite_load(&f->prog[i]))
			return refuse(err, f->expr,
				      _("it asks for what lies outside of the packet"));
	}
	if (!nt_filter_check(f->prog, f->n))
		return refuse(err, f->expr, _("no filter in the kernel can be made of it"));
	if (!can_match(f))
		return refuse(
			err, f->expr,
			_("it would match nothing, for the hooks see IPv4, IPv6 and ARP only"));
	return 0;
}

static int compile(struct nt_filter *f, struct nt_error *err)
{
	pcap_t *pcap = pcap_open_dead(DLT_LINUX_SLL, SNAPLEN);
	struct bpf_program bpf;
	int ret;

	if (!pcap)
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	if (indexes_link(f->expr)) {
		ret = refuse(err, f->expr, _("it asks for bytes of the link header"));
	} else if (pcap_compile(pcap, &bpf, f->expr, 1, PCAP_NETMASK_UNKNOWN)) {
		ret = refuse(err, f->expr, pcap_geterr(pcap));
	} else {
		ret = take_program(f, &bpf, err);
		pcap_freecode(&bpf);
	}
	pcap_close(pcap);
	return ret;
}

int nt_filter_compile(struct nt_filter **f, const char *expr, struct nt_error *err)
{
	int ret;

	*f = calloc(1, sizeof(**f));
	if (*f)
		(*f)->expr = strdup(expr);
	if (!*f || !(*f)->expr)
		ret = nt_error_set(err, -ENOMEM, _("memory is short"));
	else
		ret = compile(*f, err);
	if (ret) {
		nt_filter_free(*f);
		*f = NULL;
	}
	return ret;
}

int nt_filter_from(struct nt_filter **out, const char *expr, const struct sock_filter *prog,
		   unsigned int n, struct nt_error *err)
{
	struct nt_filter *f;

	*out = NULL;
	if (!n || n > BPF_MAXINSNS || !nt_filter_check(prog, n))
		return nt_error_set(err, -EINVAL, _("filter '%.100s': not a program"), expr);
	f = calloc(1, sizeof(*f));
	if (f) {
		f->expr = strdup(expr);
		f->prog = calloc(n, sizeof(*prog));
	}
	if (!f || !f->expr || !f->prog) {
		nt_filter_free(f);
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	}
	memcpy(f->prog, prog, n * sizeof(*prog));
	f->n = n;
	*out = f;
	return 0;
}

void nt_filter_free(struct nt_filter *f)
{
	if (!f)
		return;
	free(f->expr);
	free(f->prog);
	free(f);
}

const char *nt_filter_expr(const struct nt_filter *f)
{
	return f->expr;
}

const struct sock_filter *nt_filter_program(const struct nt_filter *f, unsigned int *n)
{
	*n = f->n;
	return f->prog;
}
