// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_json.c - JSON Lines: one object a line, names as the schema says
 *
 * schema/nettrace.schema.json is the contract with other programs.  Output is
 * pure ASCII (everything else as \uXXXX), foreign names are escaped first, so
 * that no byte from outside can break a line or a terminal.
 */
#include <jansson.h>
#include <netinet/in.h>
#include <string.h>

#include "describe.h"
#include "names.h"
#include "render.h"
#include "render_json.h"
#include "text.h"
#include "waiting.h"

/* short of memory: jansson's allocator, set in main(), ends the program */
static void emit(const struct nt_view *v, json_t *o)
{
	json_dumpf(o, v->out, JSON_COMPACT | JSON_ENSURE_ASCII);
	fputc('\n', v->out);
	json_decref(o);
}

json_t *nt_json_foreign(const char *s, size_t max)
{
	char buf[64 * NT_ESCAPE_MAX + 1];

	return json_string(nt_text_escape(buf, sizeof(buf), s, max));
}

static json_t *state(enum nt_state s)
{
	return s == NT_ST_NONE || s >= NT_ST_MAX ? json_null() : json_string(nt_state_name(s));
}

static const char *direction(const struct nt_arrow *a)
{
	return a->dir & 1 ? "s>c" : "c>s";
}

/* nothing where the namespace has no name */
void nt_json_set_netns(const struct nt_view *v, json_t *o, unsigned int stream)
{
	if (stream < NT_VIEW_STREAMS && v->netns[stream] && *v->netns[stream])
		json_object_set_new(o, "netns", nt_json_foreign(v->netns[stream], 64));
}

void nt_json_emit(const struct nt_view *v, json_t *o)
{
	emit(v, o);
}

static json_t *sighting(const struct nt_view *v, const struct nt_sighting *s)
{
	json_t *o = json_object();

	json_object_set_new(o, "t", json_integer(s->t));
	nt_json_set_netns(v, o, s->source);
	json_object_set_new(o, "hook", json_string(nt_hook_name(s->hook)));
	json_object_set_new(o, "dev", nt_json_foreign(s->dev, NETTRACE_NAME_LEN));
	if (s->state != NT_ST_NONE) {
		json_object_set_new(o, "state", state(s->state));
		json_object_set_new(o, "socket", json_string(nt_sk_kind_name(s->sk_kind)));
	}
	if (s->pid)
		json_object_set_new(o, "pid", json_integer(s->pid));
	return o;
}

json_t *nt_json_sightings(const struct nt_view *v, const struct nt_sighting *s, int n)
{
	json_t *list = json_array();
	int i;

	for (i = 0; i < n && i < NT_SIGHTINGS_MAX; i++)
		json_array_append_new(list, sighting(v, &s[i]));
	return list;
}

json_t *nt_json_marks(const struct nt_arrow *a)
{
	json_t *list = json_array();
	int i;

	for (i = 0; i < a->nmark && i < NT_MARKS_MAX; i++) {
		const struct nt_mark *m = &a->mark[i];
		json_t *o = json_object();

		json_object_set_new(o, "name", json_string(nt_mark_word(m->name)));
		if (m->reason)
			json_object_set_new(o, "reason", json_string(m->reason));
		if (m->n)
			json_object_set_new(o, "n", json_integer(m->n));
		json_object_set_new(o, "basis", json_string(nt_basis_name(m->basis)));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *options(const struct nettrace_packet *p)
{
	json_t *o = json_object(), *list;
	int i;

	if (p->optflags & NETTRACE_OPT_MSS)
		json_object_set_new(o, "mss", json_integer(p->mss));
	if (p->optflags & NETTRACE_OPT_WSCALE)
		json_object_set_new(o, "wscale", json_integer(p->wscale));
	if (p->optflags & NETTRACE_OPT_SACK_OK)
		json_object_set_new(o, "sack_ok", json_true());
	if (p->optflags & NETTRACE_OPT_TS) {
		json_object_set_new(o, "tsval", json_integer(p->tsval));
		json_object_set_new(o, "tsecr", json_integer(p->tsecr));
	}
	if (p->optflags & NETTRACE_OPT_FASTOPEN)
		json_object_set_new(o, "fastopen", json_true());
	if (p->optflags & NETTRACE_OPT_MPTCP)
		json_object_set_new(o, "mptcp", json_true());
	if (p->optflags & NETTRACE_OPT_OTHER)
		json_object_set_new(o, "other", json_true());
	if (!(p->optflags & NETTRACE_OPT_SACK))
		return o;
	list = json_array(); /* absolute numbers, as in the segment */
	for (i = 0; i < p->nsack && i < NETTRACE_SACK_MAX; i++)
		json_array_append_new(list, json_pack("[I,I]", (json_int_t)p->sack[i][0],
						      (json_int_t)p->sack[i][1]));
	json_object_set_new(o, "sack", list);
	return o;
}

json_t *nt_json_gso(const struct nt_arrow *a)
{
	return json_pack("{s:I,s:I}", "segs", (json_int_t)a->wire_segs, "size",
			 (json_int_t)a->pkt.gso_size);
}

json_t *nt_json_packet(const char *type, const struct nt_conv *c, const struct nt_arrow *a)
{
	return json_pack("{s:s,s:I,s:I,s:I,s:s}", "type", type, "t", (json_int_t)a->t, "conv",
			 (json_int_t)c->id, "n", (json_int_t)a->n, "dir", direction(a));
}

static json_t *segment(const struct nt_view *v, const struct nt_conv *c, const struct nt_arrow *a)
{
	const struct nettrace_packet *p = &a->pkt;
	json_t *o = nt_json_packet("segment", c, a);
	struct nt_numbers num;
	char flags[48];
	int64_t bytes;

	json_object_set_new(
		o, "flags",
		json_string(p->tcp_flags ? nt_tcp_flags(p->tcp_flags, flags, sizeof(flags)) : ""));
	if (a->seq_valid)
		json_object_set_new(o, "seq", json_integer(a->seq));
	if (a->ack_valid && (p->tcp_flags & NETTRACE_TH_ACK))
		json_object_set_new(o, "ack", json_integer(a->ack));
	json_object_set_new(o, "seq_abs", json_integer(p->seq));
	if (p->tcp_flags & NETTRACE_TH_ACK)
		json_object_set_new(o, "ack_abs", json_integer(p->ack));
	json_object_set_new(o, "len", json_integer(p->payload));
	json_object_set_new(o, "win", json_integer(p->window));
	nt_numbers_of(&num, NT_NUMBERS_RELATIVE, c);
	bytes = nt_window(&num, a);
	if (bytes >= 0)
		json_object_set_new(o, "win_bytes", json_integer(bytes));
	json_object_set_new(o, "ttl", json_integer(p->ttl));
	json_object_set_new(o, "opts", options(p));
	if (a->wire_segs > 1 && a->pkt.gso_size)
		json_object_set_new(o, "gso", nt_json_gso(a));
	if (a->app)
		json_object_set_new(o, "app", nt_json_app(a->app));
	json_object_set_new(o, "marks", nt_json_marks(a));
	if (a->marks_left_out)
		json_object_set_new(o, "marks_left_out", json_integer(a->marks_left_out));
	json_object_set_new(o, "sightings", nt_json_sightings(v, a->sight, a->nsight));
	return o;
}

json_t *nt_json_addr(const struct nt_addr *a)
{
	char ip[NT_ADDR_TEXT];
	json_t *o = json_object();

	json_object_set_new(o, "addr",
			    json_string(nt_describe_ip(ip, sizeof(ip), a->family, a->b)));
	if (a->port)
		json_object_set_new(o, "port", json_integer(a->port));
	return o;
}

static json_t *cause(const struct nt_cause *c)
{
	const char *name = c->name ? c->name : "?";
	json_t *o = json_object();

	switch (c->kind) {
	case NT_CAUSE_SEGMENT:
		json_object_set_new(o, "segment", json_integer(c->n));
		break;
	case NT_CAUSE_CALL:
		json_object_set_new(o, "call", json_string(name));
		if (!c->pid)
			break;
		json_object_set_new(o, "pid", json_integer(c->pid));
		json_object_set_new(o, "comm", nt_json_foreign(c->comm, NETTRACE_NAME_LEN));
		break;
	case NT_CAUSE_TIMER:
		json_object_set_new(o, "timer", json_string(name));
		break;
	case NT_CAUSE_ICMP:
		json_object_set_new(o, "icmp", json_integer(c->n));
		break;
	default:
		json_object_set_new(o, "unknown", json_string(name));
	}
	return o;
}

static json_t *transition(const struct nt_conv *c, const struct nt_transition *tr)
{
	json_t *o = json_object();

	json_object_set_new(o, "type", json_string("transition"));
	json_object_set_new(o, "t", json_integer(tr->t));
	json_object_set_new(o, "conv", json_integer(c->id));
	json_object_set_new(o, "end", json_string(tr->end & 1 ? "server" : "client"));
	json_object_set_new(o, "from", state(tr->from));
	json_object_set_new(o, "to", state(tr->to));
	json_object_set_new(o, "basis", json_string(nt_basis_name(tr->basis)));
	json_object_set_new(o, "cause", cause(&tr->cause));
	if (tr->left_ms)
		json_object_set_new(o, "left_ms", json_integer(tr->left_ms));
	if (tr->late)
		json_object_set_new(o, "late", json_true());
	return o;
}

static json_t *pair(uint64_t c, uint64_t s)
{
	return json_pack("{s:I,s:I}", "c>s", (json_int_t)c, "s>c", (json_int_t)s);
}

static json_t *end(const struct nt_view *v, const struct nt_conv *c, int k)
{
	const struct nt_end *e = &c->end[k];
	json_t *o = nt_json_addr(&e->addr);

	if (!nt_has_ports(c))
		json_object_del(o, "port");
	if (e->source >= 0)
		nt_json_set_netns(v, o, (unsigned int)e->source);
	if (e->pid) {
		json_object_set_new(o, "pid", json_integer(e->pid));
		json_object_set_new(o, "comm", nt_json_foreign(e->comm, NETTRACE_NAME_LEN));
	}
	return o;
}

/* why it was never opened */
static json_t *failed(const struct nt_conv *c)
{
	json_t *o = json_pack("{s:s,s:s}", "why", nt_failed_name(c->failed), "basis",
			      nt_basis_name(c->failed_basis));

	if (c->failed_reason)
		json_object_set_new(o, "reason", json_string(c->failed_reason));
	return o;
}

static void json_list(const struct nt_view *v, const struct nt_conv *c)
{
	json_t *o = json_object(), *service = nt_json_service(v->services, c);
	json_t *nat = nt_json_conv_nat(v, c), *ct = nt_json_ct(v, c);
	const struct nt_end *e = c->end;
	char name[24];

	json_object_set_new(o, "type", json_string("conversation"));
	json_object_set_new(o, "conv", json_integer(c->id));
	json_object_set_new(o, "t", json_integer(c->t0));
	json_object_set_new(o, "proto", json_string(nt_proto_name(c->proto, name, sizeof(name))));
	json_object_set_new(o, "client", end(v, c, 0));
	json_object_set_new(o, "server", end(v, c, 1));
	json_object_set_new(o, "opened", json_string(nt_opened_name(c->opened)));
	json_object_set_new(o, "closed", json_string(nt_closed_name(c->closed)));
	if (service)
		json_object_set_new(o, "app", service);
	if (nat)
		json_object_set_new(o, "nat", nat);
	if (ct)
		json_object_set_new(o, "conntrack", ct);
	if (c->proto == IPPROTO_TCP) {
		if (c->failed != NT_FAILED_NOT &&
		    (c->opened == NT_OPEN_UNANSWERED || c->opened == NT_OPEN_REFUSED))
			json_object_set_new(o, "failed", failed(c));
		json_object_set_new(o, "completeness", json_integer(c->completeness));
		json_object_set_new(o, "client_state", state(e[0].state));
		json_object_set_new(o, "server_state", state(e[1].state));
	}
	json_object_set_new(o, "segments", pair(e[0].arrows, e[1].arrows));
	json_object_set_new(o, "bytes", pair(e[0].bytes, e[1].bytes));
	json_object_set_new(o, "retransmissions", pair(e[0].retransmissions, e[1].retransmissions));
	if (c->lost_near)
		json_object_set_new(o, "lost_near", json_integer((json_int_t)c->lost_near));
	emit(v, o);
}

static json_t *hardware(const struct nt_view *v, const struct nt_arp *arp, const uint8_t mac[6],
			const uint8_t ip[16])
{
	char i[NT_ADDR_TEXT];
	json_t *o = json_object();

	/* neighbour discovery has an option for it, or not */
	if (arp->family != NETTRACE_IPV6 || memcmp(mac, "\0\0\0\0\0", 6))
		nt_json_set_mac(v, o, "mac", mac);
	json_object_set_new(o, "ip", json_string(nt_describe_ip(i, sizeof(i), arp->family, ip)));
	return o;
}

/* what it is beside those before it */
static void set_kind(const struct nt_view *v, json_t *o, const struct nt_arp *arp)
{
	json_object_set_new(o, "kind", json_string(nt_arp_kind_name(arp->kind)));
	if (arp->tries)
		json_object_set_new(o, "tries", json_integer(arp->tries));
	if (arp->fate != NT_ARP_FATE_UNKNOWN)
		json_object_set_new(o, "answered", json_boolean(arp->fate == NT_ARP_ANSWERED));
	if (arp->delay >= 0)
		json_object_set_new(o, "delay", json_integer(arp->delay));
	if (arp->kind == NT_ARP_CONFLICT && memcmp(arp->other, "\0\0\0\0\0", 6))
		nt_json_set_mac(v, o, "conflict", arp->other);
}

static void set_waiting(json_t *o, const struct nt_model *m, const struct nt_arp *arp)
{
	struct nt_waiting w[NT_WAITING_MAX];
	unsigned int i, n = nt_waiting_for(m, arp, w);
	json_t *list;

	if (!n)
		return;
	list = json_array();
	for (i = 0; i < n; i++)
		json_array_append_new(list,
				      json_pack("{s:I,s:I,s:s}", "conv", (json_int_t)w[i].conv->id,
						"n", (json_int_t)w[i].arrow->n, "basis",
						nt_basis_name(NT_INFERRED)));
	json_object_set_new(o, "waits", list);
}

static void json_arp(const struct nt_view *v, const struct nt_model *m, const struct nt_arp *arp)
{
	bool six = arp->family == NETTRACE_IPV6;
	json_t *o = json_object();
	char op[16];

	json_object_set_new(o, "type", json_string(six ? "nd" : "arp"));
	json_object_set_new(o, "t", json_integer(arp->t));
	if (six)
		json_object_set_new(o, "op",
				    json_string(arp->op == 1 ? "solicitation" : "advertisement"));
	else
		json_object_set_new(o, "op", json_string(nt_arp_op_name(arp->op, op, sizeof(op))));
	json_object_set_new(o, "sender", hardware(v, arp, arp->sha, arp->spa));
	json_object_set_new(o, "target", hardware(v, arp, arp->tha, arp->tpa));
	json_object_set_new(o, six ? "multicast" : "broadcast", json_boolean(arp->broadcast));
	set_kind(v, o, arp);
	set_waiting(o, m, arp);
	json_object_set_new(o, "sightings", nt_json_sightings(v, arp->sight, arp->nsight));
	emit(v, o);
}

static void json_gap(const struct nt_view *v, const struct nt_gap *g)
{
	json_t *o = json_pack("{s:s,s:I,s:I,s:I}", "type", "gap", "t", (json_int_t)g->t, "lost",
			      (json_int_t)g->lost, "cpu", (json_int_t)g->cpu);

	nt_json_set_netns(v, o, g->source);
	emit(v, o);
}

/* about a packet whose object was written before */
static void json_late(const struct nt_view *v, const struct nt_conv *c, const struct nt_late *l)
{
	const char *type = l->lost ? "mark" : "sighting";
	json_t *o = nt_json_packet(type, c, l->arrow), *more;

	if (l->lost)
		more = json_pack("{s:s,s:s}", "name", nt_mark_word(l->mark), "basis",
				 nt_basis_name(NT_INFERRED));
	else
		more = sighting(v, &l->sight);
	json_object_update_new(o, more);
	json_object_set_new(o, "t", json_integer(l->t));
	emit(v, o);
}

/* the object of an item, with its explanation if there shall be one; takes @o */
static void emit_item(const struct nt_view *v, const struct nt_model *m, const struct nt_item *it,
		      json_t *o)
{
	json_t *step = v->draw.explain ? nt_json_step_of(m, it) : NULL;

	if (step)
		json_object_set_new(o, "explain", step);
	emit(v, o);
}

/* that happened in a namespace, which is named; takes @o */
static void emit_there(const struct nt_view *v, const struct nt_model *m, const struct nt_item *it,
		       json_t *o, unsigned int source)
{
	nt_json_set_netns(v, o, source);
	emit_item(v, m, it, o);
}

static void json_item(const struct nt_view *v, const struct nt_model *m, const struct nt_item *it)
{
	json_t *o;

	switch (it->type) {
	case NT_ITEM_ARROW:
		o = it->arrow->pkt.proto == IPPROTO_TCP ? segment(v, it->conv, it->arrow) :
							  nt_json_datagram(v, it->conv, it->arrow);
		if (v->draw.hops)
			nt_json_set_hops(v, o, m, it->conv, it->arrow);
		emit_item(v, m, it, o);
		break;
	case NT_ITEM_TRANSITION:
		emit_item(v, m, it, transition(it->conv, it->tr));
		break;
	case NT_ITEM_ARP:
		json_arp(v, m, it->arp);
		break;
	case NT_ITEM_GAP:
		json_gap(v, it->gap);
		break;
	case NT_ITEM_LATE:
		json_late(v, it->conv, it->late);
		break;
	case NT_ITEM_CALL:
		emit_item(v, m, it, nt_json_call(it->conv, it->call));
		break;
	case NT_ITEM_TIMER:
		emit_item(v, m, it, nt_json_timer(it->conv, it->timer));
		break;
	case NT_ITEM_QUEUE:
		emit_item(v, m, it, nt_json_queue(it->conv, it->queue));
		break;
	case NT_ITEM_ROUTE:
		emit_there(v, m, it, nt_json_route(it->conv, it->route), it->route->source);
		break;
	case NT_ITEM_NEIGH:
		emit_there(v, m, it, nt_json_neigh(v, it->neigh), it->neigh->source);
		break;
	case NT_ITEM_DROP:
		emit_there(v, m, it, nt_json_drop(it->conv, it->drop), it->drop->source);
		break;
	}
}

static int json_conv(const struct nt_view *v, const struct nt_model *m, const struct nt_conv *c)
{
	size_t i;

	for (i = 0; i < c->nitem; i++) {
		struct nt_item it = c->item[i];

		it.conv = (struct nt_conv *)(uintptr_t)c;
		json_item(v, m, &it);
	}
	json_list(v, c);
	return 0;
}

static void json_list_head(const struct nt_view *v)
{
	(void)v; /* a table's head is no object */
}

static json_t *json_cpu(const struct nt_stat_cpu *c)
{
	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I}", "cpu", (json_int_t)c->cpu, "seen",
			 (json_int_t)c->seen, "recorded", (json_int_t)c->recorded, "filtered",
			 (json_int_t)c->filtered, "unrecorded", (json_int_t)c->unrecorded,
			 "overwritten", (json_int_t)c->overwritten);
}

static void json_stats(const struct nt_view *v, const struct nt_stats *s)
{
	json_t *o = json_object(), *module = json_object();
	size_t i;

	json_object_set_new(o, "type", json_string("stats"));
	if (*s->netns)
		json_object_set_new(o, "netns", nt_json_foreign(s->netns, 64));
	if (*s->version)
		json_object_set_new(o, "version", nt_json_foreign(s->version, 64));
	for (i = 0; i < s->nmodule; i++) {
		char key[96];

		nt_text_escape(key, sizeof(key), s->module[i].key, 64);
		json_object_set_new(module, key, json_integer((json_int_t)s->module[i].value));
	}
	json_object_set_new(o, "module", module);
	if (s->ncpu) {
		json_t *cpus = json_array();

		for (i = 0; i < s->ncpu; i++)
			json_array_append_new(cpus, json_cpu(&s->cpu[i]));
		json_object_set_new(o, "cpus", cpus);
	}
	json_object_set_new(o, "reader",
			    json_pack("{s:I,s:I,s:I,s:I}", "seen", (json_int_t)s->seen, "delivered",
				      (json_int_t)s->delivered, "filtered", (json_int_t)s->filtered,
				      "lost", (json_int_t)s->lost));
	if (s->model)
		json_object_set_new(o, "disagreements",
				    json_integer((json_int_t)s->model->disagreements));
	if (s->model)
		json_object_set_new(o, "agreement", nt_json_agreement(s->model));
	emit(v, o);
}

const struct nt_format nt_format_json = {
	.name = "json",
	.item = json_item,
	.conv = json_conv,
	.detail = json_conv,
	.list_head = json_list_head,
	.list = json_list,
	.arp = json_arp,
	.stats = json_stats,
	.layers = nt_json_layers,
	.layers_arp = nt_json_layers_arp,
	.path = nt_json_path,
	.explain = nt_json_explain,
	.lone = nt_json_lone,
};
