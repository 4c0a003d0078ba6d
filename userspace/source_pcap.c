// SPDX-License-Identifier: GPL-2.0-only
/*
 * source_pcap.c - captured frames become records
 *
 * Purpose, ownership: source_pcap.h.
 * Context:   one thread.
 *
 * The kernel's own parser reads the packet.  It is given the length on the wire,
 * so that a capture of headers alone (tcpdump -s) has true lengths.  A header
 * that is cut off itself makes the packet TRUNCATED, its lengths are then those
 * that the IP header claims.
 */
#include <errno.h>
#include <linux/if_ether.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../module/core/parse.h"
#include "capture_link.h"
#include "i18n.h"
#include "source_file.h"
#include "source_pcap.h"

/* what belongs to an interface of the capture */
struct nt_pcap_if {
	bool known; /* its link type can be read */
	bool filtered;
	bool left_out; /* the filter cannot be asked of its packets */
	uint32_t link;
	uint64_t seq;
	struct nettrace_packet start; /* what its records have in common */
	struct bpf_program filter;
};

struct nt_pcap_source {
	struct nt_source s; /* first: ops get a pointer to it */
	struct nt_capture *c;
	char title[256];
	char *expr;
	void (*say)(void *arg, const char *sentence);
	void *say_arg;
	struct nt_pcap_if *iface;
	unsigned int niface;
	uint64_t unread; /* frames of link types that cannot be read */
	bool over;
	bool begun; /* the first packet was read, and what is described before it */
	bool ahead; /* first is the frame to come */
	struct nt_frame first;
};

static struct nt_pcap_source *of(struct nt_source *s)
{
	return (struct nt_pcap_source *)s;
}

static void say(const struct nt_pcap_source *ps, const char *sentence)
{
	if (ps->say)
		ps->say(ps->say_arg, sentence);
}

static int compile(struct nt_pcap_source *ps, struct nt_pcap_if *i, struct nt_error *err)
{
	pcap_t *dead = pcap_open_dead(nt_link_dlt(i->link), NT_FRAME_MAX);
	int ret = 0;

	if (!dead)
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	if (pcap_compile(dead, &i->filter, ps->expr, 1, PCAP_NETMASK_UNKNOWN))
		ret = nt_error_set(
			err, -EINVAL,
			_("filter '%.100s%s': %s; pcap-filter(7) describes the language"), ps->expr,
			strlen(ps->expr) > 100 ? "..." : "", pcap_geterr(dead));
	else
		i->filtered = true;
	pcap_close(dead);
	return ret;
}

/* what libpcap calls the link type, with its number */
static const char *link_name(uint32_t link, char *buf, size_t size)
{
	const char *name = pcap_datalink_val_to_name(nt_link_dlt(link));

	snprintf(buf, size, "%s%s%u%s", name ? name : "", name ? " (" : "", link, name ? ")" : "");
	return buf;
}

static void refuse_link(struct nt_pcap_source *ps, unsigned int index,
			const struct nt_capture_if *from)
{
	struct nt_error text = { "" };
	char link[64];

	nt_error_set(
		&text, 0,
		_("interface %u%s%.16s of %s has the link type %s, which nettrace does not read: its packets are left out"),
		index, *from->name ? ", " : "", from->name, ps->title,
		link_name(from->link, link, sizeof(link)));
	say(ps, text.text);
}

/* by the time it turned up others had been read: those stay, and the rest of them comes */
static void leave_out(struct nt_pcap_source *ps, unsigned int index,
		      const struct nt_capture_if *from, const struct nt_error *why)
{
	struct nt_error text = { "" };

	nt_error_set(&text, 0, _("the packets of interface %u%s%.16s of %s are left out: %s"),
		     index, *from->name ? ", " : "", from->name, ps->title, why->text);
	say(ps, text.text);
	ps->iface[index].left_out = true;
}

/* streams for the interfaces that the file has described up to now */
static int meet(struct nt_pcap_source *ps, struct nt_error *err)
{
	unsigned int n = nt_capture_nif(ps->c);
	struct nt_pcap_if *array;
	int ret = 0;

	if (n == ps->niface)
		return 0;
	array = reallocarray(ps->iface, n, sizeof(*array));
	if (!array)
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	ps->iface = array;
	for (; !ret && ps->niface < n; ps->niface++) {
		const struct nt_capture_if *from = nt_capture_if(ps->c, ps->niface);
		struct nt_pcap_if *i = &array[ps->niface];

		*i = (struct nt_pcap_if){ .link = from->link, .known = nt_link_known(from->link) };
		i->start.hdr.type = NETTRACE_PACKET;
		i->start.hook = NETTRACE_CAPTURE;
		if (*from->name)
			memcpy(i->start.dev, from->name, sizeof(i->start.dev));
		ps->s.stream[ps->niface].cpus = 1;
		ps->s.nstream = ps->niface + 1;
		if (!i->known)
			refuse_link(ps, ps->niface, from);
		else if (ps->expr)
			ret = compile(ps, i, err);
		if (ret == -EINVAL && ps->begun) {
			leave_out(ps, ps->niface, from, err);
			ret = 0;
		}
	}
	return ret;
}

typedef unsigned int (*parse_fn)(struct nettrace_packet *p, const u8 *data, unsigned int caplen,
				 unsigned int wirelen);

/* the packet's length as its own header has it, at most what was on the wire */
static uint32_t claimed(const struct nettrace_packet *p, const uint8_t *b, uint32_t wirelen)
{
	uint32_t len = wirelen;

	if (p->hdr.family == NETTRACE_IPV4)
		len = (uint32_t)b[2] << 8 | b[3];
	else if (p->hdr.family == NETTRACE_IPV6)
		len = 40 + ((uint32_t)b[4] << 8 | b[5]);
	return len < wirelen ? len : wirelen;
}

/*
 * The capture ends inside a header.  What was captured is parsed as if it were
 * all, which flags it as TRUNCATED; then the lengths are put right.
 */
static void parse_cut(parse_fn fn, struct nettrace_packet *p, const uint8_t *b, uint32_t caplen,
		      uint32_t wirelen)
{
	struct nettrace_packet start = *p;
	uint32_t len, tcp;

	if (fn(p, b, caplen, caplen)) { /* does not happen: all there is was given */
		*p = start;
		p->flags |= NETTRACE_PKT_TRUNCATED;
		return;
	}
	p->flags |= NETTRACE_PKT_TRUNCATED;
	if (p->hdr.family == NETTRACE_ARP || caplen < 20)
		return;
	len = claimed(p, b, wirelen);
	if (len <= p->len)
		return;
	/* options that are cut: the parser stopped before it took the payload */
	if ((p->flags & NETTRACE_PKT_L4) && p->proto == 6 && !p->payload &&
	    p->hdr.family == NETTRACE_IPV4) {
		tcp = (b[0] & 0xfu) * 4;
		if (tcp + 13 <= caplen && tcp + (b[tcp + 12] >> 4) * 4u <= len)
			p->payload = len - tcp - (b[tcp + 12] >> 4) * 4u;
	} else if ((p->flags & NETTRACE_PKT_L4) && p->proto == 6 && !p->payload) {
		/* IPv6: without the extension headers, if there are any */
		if (!(p->flags & NETTRACE_PKT_IP_OPTS) && caplen >= 53 &&
		    40 + (b[52] >> 4) * 4u <= len)
			p->payload = len - 40 - (b[52] >> 4) * 4u;
	} else if ((p->flags & NETTRACE_PKT_L4) || p->payload) {
		/* else it ends before what follows it could be told */
		p->payload += len - p->len;
	}
	p->len = len;
}

static void parse(struct nettrace_packet *p, const struct nt_link *l, const struct nt_frame *f)
{
	const uint8_t *b = f->bytes + l->off;
	uint32_t caplen = f->caplen - l->off, wirelen = f->wirelen - l->off;
	struct nettrace_packet start;
	parse_fn fn;

	switch (l->ethertype) {
	case ETH_P_IP:
		fn = nettrace_parse_ipv4;
		break;
	case ETH_P_IPV6:
		fn = nettrace_parse_ipv6;
		break;
	case ETH_P_ARP:
		fn = nettrace_parse_arp;
		break;
	default:
		return;
	}
	/* nothing is asked for in nearly all cases: then nothing is to be undone */
	if (!fn(p, b, caplen, wirelen))
		return;
	memset(&start, 0, sizeof(start));
	start.hdr = p->hdr;
	memcpy(start.dev, p->dev, sizeof(start.dev));
	start.hook = p->hook;
	*p = start;
	parse_cut(fn, p, b, caplen, wirelen);
}

/* the payload as far as it was captured */
static void payload(const struct nt_link *l, const struct nt_frame *f, struct nt_event *ev)
{
	const struct nettrace_packet *p = &ev->rec.packet;
	uint32_t off = l->off + p->len - p->payload, n;

	ev->nbytes = 0;
	if (!p->payload || !(p->flags & NETTRACE_PKT_L4) || p->payload > p->len || off >= f->caplen)
		return;
	n = f->caplen - off;
	if (n > p->payload)
		n = p->payload;
	ev->bytes = f->bytes + off;
	ev->nbytes = n < NT_EVENT_BYTES ? n : NT_EVENT_BYTES;
}

static void record(struct nt_pcap_if *i, const struct nt_frame *f, const struct nt_link *l,
		   struct nt_event *ev)
{
	struct nettrace_packet *p = &ev->rec.packet;

	*p = i->start;
	p->hdr.time = (uint64_t)f->t;
	p->hdr.seq = i->seq++;
	if (l->ifindex) {
		p->hdr.ifindex = l->ifindex;
		snprintf(p->dev, sizeof(p->dev), "if%u", l->ifindex);
	}
	parse(p, l, f);
	payload(l, f, ev);
	if (l->mac) {
		p->flags |= NETTRACE_PKT_MAC;
		memcpy(p->mac_src, l->src, sizeof(p->mac_src));
		memcpy(p->mac_dst, l->dst, sizeof(p->mac_dst));
	}
}

static void dropped(struct nt_pcap_source *ps, const struct nt_frame *f, struct nt_event *ev)
{
	struct nettrace_gap *g = &ev->rec.gap;
	struct nt_pcap_if *i = &ps->iface[f->iface];

	memset(g, 0, sizeof(*g));
	ev->nbytes = 0;
	i->seq += f->dropped;
	g->hdr.time = (uint64_t)f->t;
	g->hdr.type = NETTRACE_GAP;
	g->hdr.seq = i->seq;
	g->lost = f->dropped;
	ps->s.lost += f->dropped;
}

/* false: the frame gives no event */
static bool take(struct nt_pcap_source *ps, const struct nt_frame *f, struct nt_event *ev)
{
	struct nt_pcap_if *i = &ps->iface[f->iface];
	struct nt_link l;

	ev->t = f->t;
	ev->source = f->iface;
	if (f->t < ps->s.settled && f->type == NT_FRAME_PACKET)
		ps->s.late++;
	else if (f->t > ps->s.settled)
		ps->s.settled = f->t;
	if (f->type == NT_FRAME_DROPPED) {
		dropped(ps, f, ev);
		return true;
	}
	if (!i->known) {
		ps->unread++;
		return false;
	}
	if (i->left_out) {
		ps->s.filtered++;
		return false;
	}
	if (i->filtered) {
		struct pcap_pkthdr h = { .caplen = f->caplen, .len = f->wirelen };

		if (!pcap_offline_filter(&i->filter, &h, f->bytes)) {
			ps->s.filtered++;
			return false;
		}
	}
	if (!nt_link_decode(i->link, f->bytes, f->caplen, &l))
		l.ethertype = 0; /* counted by who gets it: neither IP nor ARP */
	record(i, f, &l, ev);
	ps->s.delivered++;
	return true;
}

/* all of a capture is of a kind that cannot be read: that is a failure */
static int finish(struct nt_pcap_source *ps, struct nt_error *err)
{
	char link[64];

	if (ps->over || !ps->unread || ps->s.delivered || ps->s.filtered)
		return -ENODATA;
	ps->over = true;
	return nt_error_set(
		err, -EPROTONOSUPPORT,
		_("no packet of %s can be read: its link type is %s; nettrace reads Ethernet, Linux cooked, raw IP, loopback and 802.11"),
		ps->title, link_name(ps->iface[ps->niface - 1].link, link, sizeof(link)));
}

static int pcap_next_event(struct nt_source *s, struct nt_event *ev, struct nt_error *err)
{
	struct nt_pcap_source *ps = of(s);
	struct nt_frame f;
	int ret;

	do {
		ret = ps->ahead ? 1 : nt_capture_next(ps->c, &f, err);
		if (ps->ahead)
			f = ps->first;
		ps->ahead = false;
		if (ret == -ENODATA)
			return finish(ps, err);
		if (ret != 1)
			return ret;
		if (ps->niface != nt_capture_nif(ps->c))
			ret = meet(ps, err);
		if (ret < 0)
			return ret;
		ps->begun = true;
	} while (!take(ps, &f, ev));
	return 1;
}

static int pcap_wait(struct nt_source *s, int timeout_ms)
{
	return nt_wait_readable(nt_capture_fd(of(s)->c), timeout_ms);
}

static void pcap_close_source(struct nt_source *s)
{
	struct nt_pcap_source *ps = of(s);
	unsigned int i;

	for (i = 0; i < ps->niface; i++)
		if (ps->iface[i].filtered)
			pcap_freecode(&ps->iface[i].filter);
	nt_capture_close(ps->c);
	free(ps->iface);
	free(ps->expr);
	free(ps);
}

static const struct nt_source_ops pcap_ops = {
	.next = pcap_next_event,
	.wait = pcap_wait,
	.close = pcap_close_source,
};

/*
 * The interfaces stand before the first packet.  When one more turns up later,
 * or the first packet is not there yet, all that is lost is time: how long a
 * packet waits for others is decided now.
 */
static int look_ahead(struct nt_pcap_source *ps, struct nt_error *err)
{
	struct nt_error later;
	int ret = nt_capture_next(ps->c, &ps->first, &later);

	ps->ahead = ret == 1;
	ret = meet(ps, err);
	ps->begun = ps->ahead;
	ps->s.one_place = ps->niface == 1 && nt_link_is_place(ps->iface[0].link);
	return ret;
}

int nt_source_capture(struct nt_source **s, const struct nt_input *in,
		      const struct nt_read_opts *opts, struct nt_error *err)
{
	struct nt_pcap_source *ps = calloc(1, sizeof(*ps));
	int ret;

	*s = NULL;
	if (!ps) {
		if (in->own)
			close(in->fd);
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	}
	ps->s.ops = &pcap_ops;
	strncpy(ps->title, in->title, sizeof(ps->title) - 1);
	ps->say = opts->say;
	ps->say_arg = opts->say_arg;
	ret = nt_capture_open(&ps->c, in, err);
	if (!ret && opts->expr) {
		ps->expr = strdup(opts->expr);
		if (!ps->expr)
			ret = nt_error_set(err, -ENOMEM, _("memory is short"));
	}
	if (!ret)
		ret = look_ahead(ps, err);
	if (ret) {
		pcap_close_source(&ps->s);
		return ret;
	}
	*s = &ps->s;
	return 0;
}

/* the first bytes of a file; short of them at its end */
static int peek(struct nt_input *in, struct nt_error *err)
{
	ssize_t n;

	while (in->n < sizeof(in->head)) {
		n = read(in->fd, in->head + in->n, sizeof(in->head) - in->n);
		if (n > 0)
			in->n += (size_t)n;
		else if (!n)
			return 0;
		else if (errno == EAGAIN)
			nt_wait_readable(in->fd, -1);
		else
			return nt_error_set(err, -errno, _("cannot read %s: %s"), in->title,
					    strerror(errno));
	}
	return 0;
}

int nt_source_read(struct nt_source **s, const char *path, const struct nt_read_opts *opts,
		   bool *capture, struct nt_error *err)
{
	struct nt_input in;
	int ret = nt_input_open(&in, path, err);

	*s = NULL;
	*capture = false;
	if (ret)
		return ret;
	ret = peek(&in, err);
	if (ret) {
		if (in.own)
			close(in.fd);
		return ret;
	}
	*capture = nt_capture_magic(in.head, in.n);
	return *capture ? nt_source_capture(s, &in, opts, err) : nt_source_recording(s, &in, err);
}
