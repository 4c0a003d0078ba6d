// SPDX-License-Identifier: GPL-2.0-only
/*
 * evdump.c - the module's records as lines of key=value
 *
 * Purpose: shell tests look at the module's facts without any of the tools.
 * Use:     evdump [-N NETNS] [-n] [-w SECONDS]
 *            -n  from now on, not what the rings hold
 *            -w  keep reading for so long; without it, until nothing is left
 *          A line begins with the record's type.  Bytes that are not plain are
 *          written \xHH.  The last line is "total delivered=… lost=… filtered=…
 *          gaps=… end=yes|no" (yes: the stream ended by itself).
 * Exit:    0; 1 cannot open or read; 2 usage.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "events.h"

#define NAME(table, i) ((i) < sizeof(table) / sizeof((table)[0]) && (table)[i] ? (table)[i] : "?")

static const char *const hooks[] = {
	[NETTRACE_HOOK_NONE] = "NONE",
	[NETTRACE_PRE_ROUTING] = "PRE_ROUTING",
	[NETTRACE_LOCAL_IN] = "LOCAL_IN",
	[NETTRACE_FORWARD] = "FORWARD",
	[NETTRACE_LOCAL_OUT] = "LOCAL_OUT",
	[NETTRACE_POST_ROUTING] = "POST_ROUTING",
	[NETTRACE_ARP_IN] = "ARP_IN",
	[NETTRACE_ARP_OUT] = "ARP_OUT",
	[NETTRACE_ARP_FORWARD] = "ARP_FORWARD",
	[NETTRACE_DROPPED] = "DROPPED",
	[NETTRACE_BR_IN] = "BR_IN",
	[NETTRACE_BR_FORWARD] = "BR_FORWARD",
	[NETTRACE_BR_OUT] = "BR_OUT",
};
static const char *const states[] = {
	[NETTRACE_TCP_NONE] = "NONE",
	[NETTRACE_TCP_ESTABLISHED] = "ESTABLISHED",
	[NETTRACE_TCP_SYN_SENT] = "SYN_SENT",
	[NETTRACE_TCP_SYN_RECV] = "SYN_RECV",
	[NETTRACE_TCP_FIN_WAIT1] = "FIN_WAIT1",
	[NETTRACE_TCP_FIN_WAIT2] = "FIN_WAIT2",
	[NETTRACE_TCP_TIME_WAIT] = "TIME_WAIT",
	[NETTRACE_TCP_CLOSE] = "CLOSE",
	[NETTRACE_TCP_CLOSE_WAIT] = "CLOSE_WAIT",
	[NETTRACE_TCP_LAST_ACK] = "LAST_ACK",
	[NETTRACE_TCP_LISTEN] = "LISTEN",
	[NETTRACE_TCP_CLOSING] = "CLOSING",
	[NETTRACE_TCP_NEW_SYN_RECV] = "NEW_SYN_RECV",
};
static const char *const kinds[] = {
	[NETTRACE_SK_NONE] = "NONE",	     [NETTRACE_SK_FULL] = "FULL",
	[NETTRACE_SK_LISTEN] = "LISTEN",     [NETTRACE_SK_REQUEST] = "REQUEST",
	[NETTRACE_SK_TIMEWAIT] = "TIMEWAIT",
};
static const char *const whats[] = {
	[NETTRACE_WHAT_NONE] = "NONE",
	[NETTRACE_CHANGE] = "CHANGE",
	[NETTRACE_BEGIN] = "BEGIN",
	[NETTRACE_RESTART] = "RESTART",
	[NETTRACE_END] = "END",
	[NETTRACE_RST_SENT] = "RST_SENT",
	[NETTRACE_RST_RECEIVED] = "RST_RECEIVED",
};
static const char *const ends[] = {
	[NETTRACE_END_NONE] = "NONE",	      [NETTRACE_END_EXPIRED] = "EXPIRED",
	[NETTRACE_END_PROMOTED] = "PROMOTED", [NETTRACE_END_REUSED] = "REUSED",
	[NETTRACE_END_KILLED] = "KILLED",     [NETTRACE_END_UNFOLLOWED] = "UNFOLLOWED",
};
static const char *const pkt_flags[] = {
	"MALFORMED", "TRUNCATED", "FRAGMENT", "MORE_FRAGS", "DONT_FRAG", "L4",
	"IP_OPTS",   "INNER",	  "MAC",      "RETRANS",    "TASK",	 "LOOKUP",
	"BAD_OPTS",  "OTHERHOST", "ND",	      "COMM",
};
static const char *const tcp_flags[] = {
	"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE",
};
static const char *const ctx_flags[] = {
	"TASK", "EXITING", "KTHREAD", "COMPAT", "IO_URING", "TIMER",
};

static void print_bits(const char *key, unsigned int bits, const char *const *names, size_t n)
{
	const char *sep = "";
	size_t i;

	printf(" %s=", key);
	for (i = 0; i < n; i++) {
		if (!(bits & 1u << i))
			continue;
		printf("%s%s", sep, names[i]);
		sep = ",";
	}
}

#define BITS(key, bits, names) print_bits(key, bits, names, sizeof(names) / sizeof((names)[0]))

static void print_text(const char *key, const char *s, size_t max)
{
	size_t i;

	printf(" %s=", key);
	for (i = 0; i < max && s[i]; i++) {
		if (isgraph((unsigned char)s[i]) && s[i] != '\\')
			putchar(s[i]);
		else
			printf("\\x%02x", (unsigned char)s[i]);
	}
}

static void print_addr(const char *key, unsigned int family, const __u8 *a)
{
	char text[INET6_ADDRSTRLEN] = "?";

	inet_ntop(family == NETTRACE_IPV6 ? AF_INET6 : AF_INET, a, text, sizeof(text));
	printf(" %s=%s", key, text);
}

static void print_lladdr(const char *key, const __u8 *a, size_t len)
{
	size_t i;

	printf(" %s=", key);
	for (i = 0; i < len && i < 8; i++)
		printf("%s%02x", i ? ":" : "", a[i]);
}

static void print_hdr(const char *type, const struct nettrace_hdr *h)
{
	printf("%s t=%" PRIu64 " cpu=%u n=%" PRIu64 " family=%u ifindex=%u", type,
	       (uint64_t)h->time, h->cpu, (uint64_t)h->seq, h->family, h->ifindex);
}

static void print_packet(const struct nettrace_packet *p)
{
	print_hdr("packet", &p->hdr);
	print_text("dev", p->dev, sizeof(p->dev));
	printf(" hook=%s proto=%u len=%u payload=%u", NAME(hooks, p->hook), p->proto, p->len,
	       p->payload);
	BITS("flags", p->flags, pkt_flags);
	print_addr("src", p->hdr.family, p->src);
	print_addr("dst", p->hdr.family, p->dst);
	printf(" sport=%u dport=%u ttl=%u", p->sport, p->dport, p->ttl);
	if (p->hdr.family == NETTRACE_ARP) {
		printf(" op=%u", p->arp_op);
	} else if (p->proto == IPPROTO_TCP) {
		BITS("tcp", p->tcp_flags, tcp_flags);
		printf(" seq=%u ack=%u", p->seq, p->ack);
	} else if (p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6) {
		printf(" icmp=%u/%u", p->icmp_type, p->icmp_code);
	}
	if (p->hook == NETTRACE_BR_FORWARD)
		printf(" in=%u", p->in_ifindex);
	if (p->flags & NETTRACE_PKT_MAC) {
		print_lladdr("from", p->mac_src, sizeof(p->mac_src));
		print_lladdr("to", p->mac_dst, sizeof(p->mac_dst));
	}
	printf(" frag=%u sk=%s state=%s pid=%u", p->frag_off, NAME(kinds, p->sk_kind),
	       NAME(states, p->sock_state), p->hook == NETTRACE_BR_FORWARD ? 0 : p->pid);
	if (p->flags & NETTRACE_PKT_COMM)
		print_text("comm", p->comm, sizeof(p->comm));
	putchar('\n');
}

static void print_state(const struct nettrace_state *s)
{
	print_hdr(s->hdr.type == NETTRACE_RESET ? "reset" : "state", &s->hdr);
	printf(" kind=%s what=%s old=%s new=%s why=%s", NAME(kinds, s->kind), NAME(whats, s->what),
	       NAME(states, s->old_state), NAME(states, s->new_state), NAME(ends, s->end_why));
	BITS("ctx", s->flags, ctx_flags);
	print_addr("local", s->hdr.family, s->local);
	print_addr("remote", s->hdr.family, s->remote);
	printf(" lport=%u rport=%u pid=%u tid=%u", s->lport, s->rport, s->pid, s->tid);
	print_text("comm", s->comm, sizeof(s->comm));
	printf(" syscall=%d left=%u err=%d unread=%u dead=%u sk=%016" PRIx64 "\n", s->syscall,
	       s->left_ms, s->sk_err, s->unread, s->dead, (uint64_t)s->sk_id);
}

static const char *const phases[] = {
	[NETTRACE_CALL_NONE] = "NONE",
	[NETTRACE_CALL_ENTER] = "ENTER",
	[NETTRACE_CALL_EXIT] = "EXIT",
};
static const char *const armed[] = {
	"RTO", "TLP", "REO", "PERSIST", "DELACK", "KEEP", "FIN2", "TW",
};
static const char *const valid[] = { "LOCAL", "REMOTE", "SOCK" };

static void print_call(const struct nettrace_call *c)
{
	print_hdr("call", &c->hdr);
	printf(" phase=%s syscall=%d fd=%d", NAME(phases, c->phase), c->syscall, c->fd);
	BITS("valid", c->valid, valid);
	print_addr("local", c->hdr.family, c->local);
	print_addr("remote", c->hdr.family, c->remote);
	printf(" lport=%u rport=%u state=%s proto=%u pid=%u tid=%u", c->lport, c->rport,
	       NAME(states, c->sock_state), c->proto, c->pid, c->tid);
	print_text("comm", c->comm, sizeof(c->comm));
	printf(" args=%" PRId64 ",%" PRId64 ",%" PRId64 " result=%" PRId64 " sk=%016" PRIx64 "\n",
	       (int64_t)c->arg[0], (int64_t)c->arg[1], (int64_t)c->arg[2], (int64_t)c->result,
	       (uint64_t)c->sk_id);
}

static void print_timer(const struct nettrace_timer *t)
{
	print_hdr("timer", &t->hdr);
	printf(" kind=%s state=%s", NAME(kinds, t->kind), NAME(states, t->sock_state));
	BITS("armed", t->armed, armed);
	print_addr("local", t->hdr.family, t->local);
	print_addr("remote", t->hdr.family, t->remote);
	printf(" lport=%u rport=%u left=%u delack=%u keep=%u rto=%u srtt=%u rttvar=%u ato=%u",
	       t->lport, t->rport, t->left_ms, t->delack_ms, t->keep_ms, t->rto_us, t->srtt_us,
	       t->rttvar_us, t->ato_ms);
	printf(" backoff=%u retransmits=%u probes=%u cwnd=%u ssthresh=%u sndwnd=%u rcvwnd=%u\n",
	       t->backoff, t->retransmits, t->probes_out, t->snd_cwnd, t->snd_ssthresh, t->snd_wnd,
	       t->rcv_wnd);
}

static const char *const nud[] = {
	"INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED", "NOARP", "PERMANENT",
};
static const char *const neigh_whats[] = {
	[NETTRACE_NEIGH_NONE] = "NONE",
	[NETTRACE_NEIGH_UPDATE] = "UPDATE",
	[NETTRACE_NEIGH_TIMER] = "TIMER",
	[NETTRACE_NEIGH_SEND] = "SEND",
};

static void print_neigh(const struct nettrace_neigh *n)
{
	print_hdr("neigh", &n->hdr);
	print_text("dev", n->dev, sizeof(n->dev));
	print_addr("addr", n->hdr.family, n->addr);
	printf(" what=%s", NAME(neigh_whats, n->what));
	if (!(n->flags & NETTRACE_NEIGH_OLD))
		printf(" old=?");
	else if (n->old_state)
		BITS("old", n->old_state, nud);
	else
		printf(" old=NONE");
	BITS("new", n->new_state, nud);
	print_lladdr("lladdr", n->lladdr, n->lladdr_len);
	printf(" probes=%u queued=%u reachable=%u task=%u pid=%u", n->probes, n->queued,
	       n->reachable_ms, !!(n->flags & NETTRACE_NEIGH_TASK), n->pid);
	print_text("comm", n->comm, sizeof(n->comm));
	putchar('\n');
}

static const char *const route_flags[] = {
	"GATEWAY", "LOCAL", "BROADCAST", "MULTICAST", "FIB", "SRC_LEN",
};

static void print_route(const struct nettrace_route *r)
{
	print_hdr("route", &r->hdr);
	print_text("dev", r->dev, sizeof(r->dev));
	print_addr("src", r->hdr.family, r->src);
	print_addr("dst", r->hdr.family, r->dst);
	print_addr("gateway", r->hdr.family, r->gateway);
	BITS("flags", r->flags, route_flags);
	printf(" sport=%u dport=%u proto=%u srclen=%u match=%u by=%u scope=%u table=%u mtu=%u pid=%u\n",
	       r->sport, r->dport, r->proto, r->src_len, r->match_len, r->rt_proto, r->rt_scope,
	       r->table, r->mtu, r->pid);
}

static void print_drop(const struct nettrace_drop *d)
{
	print_hdr("drop", &d->hdr);
	printf(" reason=%u", d->reason);
	print_text("name", d->name, sizeof(d->name));
	putchar('\n');
}

static void print_rec(const union nettrace_rec *r)
{
	switch (r->hdr.type) {
	case NETTRACE_PACKET:
		print_packet(&r->packet);
		break;
	case NETTRACE_STATE:
	case NETTRACE_RESET:
		print_state(&r->state);
		break;
	case NETTRACE_CALL:
		print_call(&r->call);
		break;
	case NETTRACE_TIMER:
		print_timer(&r->timer);
		break;
	case NETTRACE_NEIGH:
		print_neigh(&r->neigh);
		break;
	case NETTRACE_ROUTE:
		print_route(&r->route);
		break;
	case NETTRACE_DROP:
		print_drop(&r->drop);
		break;
	case NETTRACE_GAP:
		print_hdr("gap", &r->hdr);
		printf(" lost=%" PRIu64 " filtered=%" PRIu64 "\n", (uint64_t)r->gap.lost,
		       (uint64_t)r->gap.filtered);
		break;
	}
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* 0 when there is no more to read, -ENODATA at the stream's own end, -errno */
static int dump(struct events *e, double until)
{
	union nettrace_rec rec;
	int ret;

	for (;;) {
		ret = events_next(e, &rec);
		if (ret < 0)
			return ret;
		if (ret) {
			print_rec(&rec);
			continue;
		}
		fflush(stdout);
		if (now() >= until)
			return 0;
		events_wait(e, 100);
	}
}

int main(int argc, char **argv)
{
	const char *netns = NULL;
	double seconds = 0;
	bool from_now = false;
	struct events e;
	int c, ret;

	while ((c = getopt(argc, argv, "N:nw:")) != -1) {
		if (c == 'N')
			netns = optarg;
		else if (c == 'n')
			from_now = true;
		else if (c == 'w')
			seconds = atof(optarg);
		else
			return 2;
	}
	ret = events_open(&e, netns, from_now, 1 << 18);
	if (ret) {
		fprintf(stderr, "evdump: opening the events of %s: %s\n", netns ?: "this namespace",
			strerror(-ret));
		return 1;
	}
	ret = dump(&e, now() + seconds);
	printf("total delivered=%" PRIu64 " lost=%" PRIu64 " filtered=%" PRIu64 " gaps=%" PRIu64
	       " end=%s\n",
	       e.delivered, e.lost, e.filtered, e.gaps, ret == -ENODATA ? "yes" : "no");
	if (ret && ret != -ENODATA)
		fprintf(stderr, "evdump: reading events: %s\n", strerror(-ret));
	events_close(&e);
	return ret && ret != -ENODATA;
}
