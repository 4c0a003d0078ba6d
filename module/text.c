// SPDX-License-Identifier: GPL-2.0-only
/*
 * text.c - records as lines: addresses and flags as tcpdump writes them
 *
 * Purpose, context: text.h.  Names come from other programs (comm, device) and
 * are escaped: a line stays one line.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>

#include "text.h"

/* RFC 9293, 3.3.2; a half-open request socket is in SYN-RECEIVED */
static const char *const nt_states[] = {
	[NETTRACE_TCP_NONE] = "-",
	[NETTRACE_TCP_ESTABLISHED] = "ESTABLISHED",
	[NETTRACE_TCP_SYN_SENT] = "SYN-SENT",
	[NETTRACE_TCP_SYN_RECV] = "SYN-RECEIVED",
	[NETTRACE_TCP_FIN_WAIT1] = "FIN-WAIT-1",
	[NETTRACE_TCP_FIN_WAIT2] = "FIN-WAIT-2",
	[NETTRACE_TCP_TIME_WAIT] = "TIME-WAIT",
	[NETTRACE_TCP_CLOSE] = "CLOSED",
	[NETTRACE_TCP_CLOSE_WAIT] = "CLOSE-WAIT",
	[NETTRACE_TCP_LAST_ACK] = "LAST-ACK",
	[NETTRACE_TCP_LISTEN] = "LISTEN",
	[NETTRACE_TCP_CLOSING] = "CLOSING",
	[NETTRACE_TCP_NEW_SYN_RECV] = "SYN-RECEIVED",
};

static const char *const nt_hooks[] = {
	[NETTRACE_PRE_ROUTING] = "PRE_ROUTING",
	[NETTRACE_LOCAL_IN] = "LOCAL_IN",
	[NETTRACE_FORWARD] = "FORWARD",
	[NETTRACE_LOCAL_OUT] = "LOCAL_OUT",
	[NETTRACE_POST_ROUTING] = "POST_ROUTING",
	[NETTRACE_ARP_IN] = "ARP_IN",
	[NETTRACE_ARP_OUT] = "ARP_OUT",
	[NETTRACE_ARP_FORWARD] = "ARP_FORWARD",
	[NETTRACE_CAPTURE] = "CAPTURE",
	[NETTRACE_DROPPED] = "DROPPED",
	[NETTRACE_BR_IN] = "BR_IN",
	[NETTRACE_BR_FORWARD] = "BR_FORWARD",
	[NETTRACE_BR_OUT] = "BR_OUT",
};

static const char *const nt_kinds[] = {
	[NETTRACE_SK_FULL] = "socket",
	[NETTRACE_SK_LISTEN] = "listener",
	[NETTRACE_SK_REQUEST] = "request socket",
	[NETTRACE_SK_TIMEWAIT] = "timewait socket",
};

static const char *const nt_ends[] = {
	[NETTRACE_END_EXPIRED] = "its timer expired",
	[NETTRACE_END_PROMOTED] = "the connection is established",
	[NETTRACE_END_REUSED] = "a new connection took its place",
	[NETTRACE_END_KILLED] = "it was dropped",
	[NETTRACE_END_UNFOLLOWED] = "its end will not be seen: the table is full",
};

static const char *nt_name(const char *const *names, size_t n, unsigned int i)
{
	return i < n && names[i] ? names[i] : "?";
}

static const char *nt_state_name(unsigned int i)
{
	return nt_name(nt_states, ARRAY_SIZE(nt_states), i);
}

static const char *nt_hook_name(unsigned int i)
{
	return nt_name(nt_hooks, ARRAY_SIZE(nt_hooks), i);
}

static const char *nt_kind_name(unsigned int i)
{
	return nt_name(nt_kinds, ARRAY_SIZE(nt_kinds), i);
}

static const char *nt_end_name(unsigned int i)
{
	return nt_name(nt_ends, ARRAY_SIZE(nt_ends), i);
}

/* nothing that a terminal obeys, and no blank or bracket: they are the line's own */
void nt_text_name(struct seq_file *m, const char *name)
{
	unsigned int i;

	for (i = 0; i < NETTRACE_NAME_LEN && name[i]; i++) {
		u8 c = name[i];

		if (c <= ' ' || c >= 0x7f || c == '\\' || c == '[' || c == ']')
			seq_printf(m, "\\%03o", c);
		else
			seq_putc(m, c);
	}
}

void nt_text_end(struct seq_file *m, u8 family, const u8 *addr, u16 port,
		 bool has_port)
{
	if (family == NETTRACE_IPV6)
		seq_printf(m, has_port ? "[%pI6c]" : "%pI6c", addr);
	else
		seq_printf(m, "%pI4", addr);
	if (has_port)
		seq_printf(m, ":%u", port);
}

static void nt_text_arp(struct seq_file *m, const struct nettrace_packet *p)
{
	if (p->flags & NETTRACE_PKT_MALFORMED)
		seq_puts(m, "ARP malformed");
	else if (p->arp_op == 1)
		seq_printf(m, "ARP who has %pI4? tell %pI4 (%pM)", p->dst, p->src,
			   p->arp_sha);
	else if (p->arp_op == 2)
		seq_printf(m, "ARP %pI4 is at %pM", p->src, p->arp_sha);
	else
		seq_printf(m, "ARP operation %u", p->arp_op);
}

static void nt_text_tcp_flags(struct seq_file *m, u16 flags)
{
	static const char *const names[] = {
		"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE",
	};
	const char *sep = "";
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(flags & BIT(i)))
			continue;
		seq_printf(m, "%s%s", sep, names[i]);
		sep = ",";
	}
	if (!*sep)
		seq_puts(m, "no flags");
}

static void nt_text_tcp_options(struct seq_file *m,
				const struct nettrace_packet *p)
{
	unsigned int i;

	if (p->optflags & NETTRACE_OPT_MSS)
		seq_printf(m, " mss=%u", p->mss);
	if (p->optflags & NETTRACE_OPT_WSCALE)
		seq_printf(m, " ws=%u", p->wscale);
	if (p->optflags & NETTRACE_OPT_SACK_OK)
		seq_puts(m, " sackok");
	if (p->optflags & NETTRACE_OPT_TS)
		seq_printf(m, " ts=%u/%u", p->tsval, p->tsecr);
	for (i = 0; i < min_t(unsigned int, p->nsack, NETTRACE_SACK_MAX); i++)
		seq_printf(m, " sack=%u-%u", p->sack[i][0], p->sack[i][1]);
	if (p->optflags & NETTRACE_OPT_FASTOPEN)
		seq_puts(m, " fastopen");
	if (p->optflags & NETTRACE_OPT_MPTCP)
		seq_puts(m, " mptcp");
	if (p->flags & NETTRACE_PKT_BAD_OPTS)
		seq_puts(m, " bad-options");
}

static void nt_text_tcp(struct seq_file *m, const struct nettrace_packet *p)
{
	seq_puts(m, " TCP ");
	nt_text_tcp_flags(m, p->tcp_flags);
	seq_printf(m, " seq=%u", p->seq);
	if (p->tcp_flags & NETTRACE_TH_ACK)
		seq_printf(m, " ack=%u", p->ack);
	seq_printf(m, " win=%u len=%u", p->window, p->payload);
	nt_text_tcp_options(m, p);
	if (p->gso_size)
		seq_printf(m, " segments=%ux%u", p->gso_segs, p->gso_size);
	if (p->flags & NETTRACE_PKT_RETRANS)
		seq_puts(m, " retransmission");
}

static void nt_text_icmp(struct seq_file *m, const struct nettrace_packet *p)
{
	seq_printf(m, " %s type=%u code=%u",
		   p->proto == IPPROTO_ICMP ? "ICMP" : "ICMPv6", p->icmp_type,
		   p->icmp_code);
	if (!(p->flags & NETTRACE_PKT_INNER)) {
		seq_printf(m, " id=%u seq=%u", p->icmp_id, p->icmp_info);
		return;
	}
	seq_puts(m, " about ");
	nt_text_end(m, p->hdr.family, p->inner_src, p->inner_sport, true);
	seq_puts(m, " > ");
	nt_text_end(m, p->hdr.family, p->inner_dst, p->inner_dport, true);
	seq_printf(m, " protocol=%u", p->inner_proto);
}

static void nt_text_ip(struct seq_file *m, const struct nettrace_packet *p)
{
	bool l4 = p->flags & NETTRACE_PKT_L4;
	bool icmp = p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6;
	bool ports = l4 && !icmp && p->proto != IPPROTO_IGMP;

	nt_text_end(m, p->hdr.family, p->src, p->sport, ports);
	seq_puts(m, " > ");
	nt_text_end(m, p->hdr.family, p->dst, p->dport, ports);
	if (l4 && p->proto == IPPROTO_TCP)
		nt_text_tcp(m, p);
	else if (l4 && p->proto == IPPROTO_UDP)
		seq_printf(m, " UDP len=%u", p->payload);
	else if (l4 && icmp)
		nt_text_icmp(m, p);
	else
		seq_printf(m, " protocol=%u len=%u", p->proto, p->len);
	if (p->flags & NETTRACE_PKT_FRAGMENT)
		seq_printf(m, " fragment id=%u offset=%u%s", p->ip_id,
			   p->frag_off,
			   p->flags & NETTRACE_PKT_MORE_FRAGS ? "+" : "");
	if (p->flags & NETTRACE_PKT_MALFORMED)
		seq_puts(m, " malformed");
	if (p->flags & NETTRACE_PKT_TRUNCATED)
		seq_puts(m, " truncated");
}

static void nt_text_packet(struct seq_file *m, const struct nettrace_packet *p)
{
	seq_printf(m, "%-12s ", nt_hook_name(p->hook));
	nt_text_name(m, p->dev);
	seq_putc(m, ' ');
	if (p->hdr.family == NETTRACE_ARP)
		nt_text_arp(m, p);
	else
		nt_text_ip(m, p);
	if (p->sk_kind)
		seq_printf(m, "  | %s %s", nt_kind_name(p->sk_kind),
			   nt_state_name(p->sock_state));
	if (p->sk_kind == NETTRACE_SK_TIMEWAIT ||
	    p->sk_kind == NETTRACE_SK_REQUEST)
		seq_printf(m, " timer=%ums", p->left_ms);
	seq_putc(m, '\n');
}

/* facts, not the cause: in whose time, and in which call, it happened */
static void nt_text_context(struct seq_file *m, const struct nettrace_state *s)
{
	if (!(s->flags & NETTRACE_CTX_TASK)) {
		if (s->flags & NETTRACE_CTX_TIMER)
			seq_puts(m, " seen-by-timer");
		return;
	}
	seq_puts(m, "  in ");
	nt_text_name(m, s->comm);
	seq_printf(m, "[%u]", s->pid);
	if (s->flags & NETTRACE_CTX_EXITING)
		seq_puts(m, " exiting");
	else if (s->syscall >= 0)
		seq_printf(m, " syscall=%d", s->syscall);
}

static void nt_text_state(struct seq_file *m, const struct nettrace_state *s)
{
	seq_printf(m, "%-12s ", s->hdr.type == NETTRACE_RESET ? "reset" : "state");
	nt_text_end(m, s->hdr.family, s->local, s->lport, true);
	seq_puts(m, " - ");
	nt_text_end(m, s->hdr.family, s->remote, s->rport, true);
	seq_printf(m, "  %s ", nt_kind_name(s->kind));
	if (s->hdr.type == NETTRACE_RESET)
		seq_printf(m, "%s RST in %s",
			   s->what == NETTRACE_RST_SENT ? "sent" : "received",
			   nt_state_name(s->old_state));
	else if (s->end_why == NETTRACE_END_PROMOTED)
		seq_puts(m, "gives way to a full socket");
	else if (s->old_state == s->new_state)
		seq_printf(m, "stays %s", nt_state_name(s->new_state));
	else
		seq_printf(m, "%s -> %s", nt_state_name(s->old_state),
			   nt_state_name(s->new_state));
	if (s->left_ms)
		seq_printf(m, " timer=%ums", s->left_ms);
	if (s->end_why)
		seq_printf(m, " (%s)", nt_end_name(s->end_why));
	nt_text_context(m, s);
	seq_putc(m, '\n');
}

static void nt_text_call(struct seq_file *m, const struct nettrace_call *c)
{
	bool enter = c->phase == NETTRACE_CALL_ENTER;

	seq_printf(m, "%-12s ", enter ? "call" : "return");
	if (c->valid & NETTRACE_CALL_SOCK) {
		nt_text_end(m, c->hdr.family, c->local, c->lport, true);
		seq_puts(m, " - ");
		nt_text_end(m, c->hdr.family, c->remote, c->rport, true);
		seq_printf(m, "  %s", nt_state_name(c->sock_state));
	}
	seq_printf(m, "  syscall=%d fd=%d", c->syscall, c->fd);
	if (enter)
		seq_printf(m, " args=%#llx,%#llx,%#llx", c->arg[0], c->arg[1],
			   c->arg[2]);
	else
		seq_printf(m, " result=%lld", c->result);
	seq_puts(m, "  in ");
	nt_text_name(m, c->comm);
	seq_printf(m, "[%u]\n", c->pid);
}

static void nt_text_timer(struct seq_file *m, const struct nettrace_timer *t)
{
	static const char *const name[] = {
		"rto", "tlp", "reo", "persist", "delack", "keepalive", "fin-wait-2",
		"time-wait",
	};
	unsigned int i;

	seq_printf(m, "%-12s ", "timers");
	nt_text_end(m, t->hdr.family, t->local, t->lport, true);
	seq_puts(m, " - ");
	nt_text_end(m, t->hdr.family, t->remote, t->rport, true);
	seq_printf(m, "  %s %s", nt_kind_name(t->kind), nt_state_name(t->sock_state));
	for (i = 0; i < ARRAY_SIZE(name); i++) {
		u8 bit = 1 << i;

		if (t->armed & bit)
			seq_printf(m, " %s=%ums", name[i],
				   bit <= NETTRACE_TIMER_PERSIST ? t->left_ms :
				   bit == NETTRACE_TIMER_DELACK ? t->delack_ms :
								  t->keep_ms);
	}
	seq_printf(m, " RTO=%uus backoff=%u", t->rto_us, t->backoff);
	if (t->kind == NETTRACE_SK_FULL)
		seq_printf(m, " srtt=%uus rttvar=%uus cwnd=%u", t->srtt_us,
			   t->rttvar_us, t->snd_cwnd);
	seq_putc(m, '\n');
}

void nt_text_columns(struct seq_file *m)
{
	seq_puts(m, "# seconds (CLOCK_MONOTONIC)  CPU  hook         device  packet  | local socket's state when sighted\n");
}

/** nt_text_record() - one record, one line */
void nt_text_record(struct seq_file *m, const union nettrace_rec *rec)
{
	u32 ns;
	u64 s = div_u64_rem(rec->hdr.time, NSEC_PER_SEC, &ns);

	seq_printf(m, "%llu.%09u %u ", s, ns, rec->hdr.cpu);
	switch (rec->hdr.type) {
	case NETTRACE_PACKET:
		nt_text_packet(m, &rec->packet);
		break;
	case NETTRACE_STATE:
	case NETTRACE_RESET:
		nt_text_state(m, &rec->state);
		break;
	case NETTRACE_CALL:
		nt_text_call(m, &rec->call);
		break;
	case NETTRACE_TIMER:
		nt_text_timer(m, &rec->timer);
		break;
	case NETTRACE_NEIGH:
		nt_text_neigh(m, &rec->neigh);
		break;
	case NETTRACE_ROUTE:
		nt_text_route(m, &rec->route);
		break;
	case NETTRACE_DROP:
		nt_text_drop(m, &rec->drop);
		break;
	default:
		seq_printf(m, "record of type %u\n", rec->hdr.type);
	}
}
