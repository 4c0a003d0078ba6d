/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * script_state.h - lines that are no packets: of sockets, neighbours, routes
 *
 * Purpose:   fills the record as the module would.
 * Ownership: none; the record is the caller's.
 */
#ifndef NETTRACE_UNIT_SCRIPT_STATE_H
#define NETTRACE_UNIT_SCRIPT_STATE_H

#include <sys/syscall.h>

#include "script_word.h"

/* OLD may be "?" */
static inline void script_neigh(struct nettrace_neigh *r, const char *line, const char *addr,
				const char *change)
{
	static const char *const nud[] = { "INCOMPLETE", "REACHABLE", "STALE", "DELAY",
					   "PROBE",	 "FAILED",    "NOARP", "PERMANENT" };
	static const char *const whats[] = { "", "update", "timer", "send" };
	const char *what = script_key(line, "what");
	size_t n = strcspn(change, ">");
	bool six = strchr(addr, ':');
	unsigned int mac = script_num(line, "mac", 0);

	r->hdr.type = NETTRACE_NEIGH;
	r->hdr.family = six ? NETTRACE_IPV6 : NETTRACE_IPV4;
	assert_int_equal(inet_pton(six ? AF_INET6 : AF_INET, addr, r->addr), 1);
	if (*change != '?') {
		r->flags |= NETTRACE_NEIGH_OLD;
		r->old_state = strncmp(change, "NONE", n) ? 1 << script_find(change, n, nud, 8) : 0;
	}
	r->new_state = 1 << script_find(change + n + 1, strlen(change + n + 1), nud, 8);
	r->what = what ? script_find(what, strcspn(what, " "), whats, 4) : NETTRACE_NEIGH_UPDATE;
	r->queued = script_num(line, "queued", 0);
	r->probes = script_num(line, "probes", 0);
	if (mac) {
		r->lladdr_len = 6;
		r->lladdr[0] = 2;
		r->lladdr[5] = (uint8_t)mac;
	}
	r->pid = script_num(line, "pid", 0);
	if (r->pid)
		r->flags |= NETTRACE_NEIGH_TASK;
	strcpy(r->dev, "eth0");
	script_word(line, "dev", r->dev, sizeof(r->dev));
	script_word(line, "comm", r->comm, sizeof(r->comm));
}

static inline void script_route(struct script *s, struct nettrace_route *r, const char *line,
				bool from_s)
{
	char via[64] = "";

	r->hdr.type = NETTRACE_ROUTE;
	r->hdr.family = s->family;
	memcpy(r->src, s->addr[from_s], 16);
	memcpy(r->dst, s->addr[!from_s], 16);
	r->sport = s->port[from_s];
	r->dport = s->port[!from_s];
	r->proto = (uint8_t)script_num(line, "proto", IPPROTO_TCP);
	script_word(line, "via", via, sizeof(via));
	if (*via) {
		r->flags |= NETTRACE_RT_GATEWAY;
		assert_int_equal(inet_pton(strchr(via, ':') ? AF_INET6 : AF_INET, via, r->gateway),
				 1);
	}
	if (script_key(line, "own"))
		r->flags |= NETTRACE_RT_SRC_LEN;
	r->src_len = (uint8_t)script_num(line, "own", 0);
	if (script_key(line, "match"))
		r->flags |= NETTRACE_RT_FIB;
	if (script_key(line, "local"))
		r->flags |= NETTRACE_RT_LOCAL;
	r->match_len = (uint8_t)script_num(line, "match", 0);
	r->rt_proto = 3;
	r->table = 254;
	r->mtu = 1500;
	r->pid = script_num(line, "pid", 0);
	strcpy(r->dev, "eth0");
	script_word(line, "dev", r->dev, sizeof(r->dev));
}

static inline int script_call(const char *line)
{
	static const struct {
		const char *name;
		int nr;
	} calls[] = {
		{ "connect", SYS_connect },	    { "close", SYS_close },
		{ "shutdown", SYS_shutdown },	    { "listen", SYS_listen },
		{ "sendto", SYS_sendto },	    { "dup3", SYS_dup3 },
		{ "execve", SYS_execve },	    { "recvfrom", SYS_recvfrom },
		{ "close_range", SYS_close_range },
	};
	char name[32] = "";
	size_t i;

	script_word(line, "call", name, sizeof(name));
	if (!name[0])
		return -1;
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (!strcmp(calls[i].name, name))
			return calls[i].nr;
	}
	fail_msg("script: unknown call '%s'", name);
	return -1;
}

static inline void script_context(struct nettrace_state *r, const char *line)
{
	r->syscall = script_call(line);
	if (r->syscall >= 0 || script_key(line, "task") || script_key(line, "exit"))
		r->flags |= NETTRACE_CTX_TASK;
	if (script_key(line, "exit"))
		r->flags |= NETTRACE_CTX_EXITING;
	if (script_key(line, "kthread"))
		r->flags |= NETTRACE_CTX_KTHREAD;
	if (script_key(line, "uring"))
		r->flags |= NETTRACE_CTX_IO_URING;
	if (script_key(line, "compat"))
		r->flags |= NETTRACE_CTX_COMPAT;
	if (script_key(line, "timer"))
		r->flags |= NETTRACE_CTX_TIMER;
	r->pid = script_num(line, "pid", r->flags & NETTRACE_CTX_TASK ? 10 : 0);
	if (r->pid)
		strcpy(r->comm, "prog");
	script_word(line, "comm", r->comm, sizeof(r->comm));
}

static inline void script_socket(struct script *s, struct nettrace_state *r, const char *line,
				 bool is_s, unsigned int kind, unsigned int what,
				 const char *change)
{
	static const char *const why[] = { "NONE",   "EXPIRED", "PROMOTED",
					   "REUSED", "KILLED",	"UNFOLLOWED" };
	size_t n = strcspn(change, ">");
	const char *v = script_key(line, "why");

	r->hdr.type = NETTRACE_STATE;
	r->hdr.family = s->family;
	r->hdr.seq = script_num(line, "number", 0);
	r->kind = kind;
	r->what = what;
	if (what == NETTRACE_RST_RECEIVED || what == NETTRACE_RST_SENT) {
		r->hdr.type = NETTRACE_RESET;
	} else {
		r->old_state = script_state(change, n);
		r->new_state = script_state(change + n + 1, strlen(change + n + 1));
	}
	memcpy(r->local, s->addr[is_s], 16);
	r->lport = script_key(line, "lport0") ? 0 : s->port[is_s];
	if (!script_key(line, "noremote")) {
		memcpy(r->remote, s->addr[!is_s], 16);
		r->rport = s->port[!is_s];
	}
	r->sk_id = script_num(line, "sk", is_s ? 2 : 1);
	r->sk_err = script_num(line, "err", 0);
	r->retransmits = script_num(line, "retr", 0);
	r->probes_out = script_num(line, "probes", 0);
	r->dead = script_key(line, "dead") != NULL;
	r->left_ms = script_num(line, "left", 0);
	if (v)
		r->end_why = script_find(v, strcspn(v, " "), why, 6);
	script_context(r, line);
}

#endif /* NETTRACE_UNIT_SCRIPT_STATE_H */
