// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_json_item.c - calls, timers, queues, routes, neighbours and drops as JSON objects
 */
#include "calls.h"
#include "describe.h"
#include "names.h"
#include "render_json.h"
#include "subnet.h"

static json_t *object(const char *type, int64_t t, const struct nt_conv *c, int end)
{
	return json_pack("{s:s,s:I,s:I,s:s}", "type", type, "t", (json_int_t)t, "conv",
			 (json_int_t)c->id, "end", end & 1 ? "server" : "client");
}

static json_t *arguments(const struct nt_call *call)
{
	struct nt_call_arg arg[NT_CALL_ARGS];
	int i, n = nt_call_args(call, arg);
	json_t *o = json_object();

	for (i = 0; i < n; i++) {
		json_t *v;

		if (arg[i].is_addr)
			v = nt_json_addr(&call->addr);
		else if (arg[i].is_number)
			v = json_integer(arg[i].number);
		else
			v = json_string(arg[i].text);
		json_object_set_new(o, arg[i].name, v);
	}
	return o;
}

json_t *nt_json_call(const struct nt_conv *c, const struct nt_call *call)
{
	json_t *o = object("call", call->t, c, call->end);
	char name[32];

	json_object_set_new(o, "call", json_string(call->name ? call->name : "?"));
	json_object_set_new(o, "args", arguments(call));
	if (call->t_end) {
		json_object_set_new(o, "result", json_integer(call->result));
		if (call->result < 0)
			json_object_set_new(
				o, "error",
				json_string(nt_errno_name(-call->result, name, sizeof(name))));
		json_object_set_new(o, "duration", json_integer(call->t_end - call->t));
	}
	if (call->part != NT_CALL_WHOLE)
		json_object_set_new(
			o, "part", json_string(call->part == NT_CALL_BEGUN ? "begun" : "returned"));
	if (call->listener)
		json_object_set_new(o, "listener", json_true());
	json_object_set_new(o, "pid", json_integer(call->pid));
	json_object_set_new(o, "tid", json_integer(call->tid));
	json_object_set_new(o, "comm", nt_json_foreign(call->comm, NETTRACE_NAME_LEN));
	return o;
}

json_t *nt_json_timer(const struct nt_conv *c, const struct nt_timer *tm)
{
	json_t *o = object("timer", tm->t, c, tm->end);

	json_object_set_new(o, "timer", json_string(nt_timer_word(tm->name)));
	json_object_set_new(o, "event", json_string(nt_timer_event_name(tm->event)));
	json_object_set_new(o, "basis", json_string(nt_basis_name(tm->basis)));
	if (tm->arrow)
		json_object_set_new(o, "segment", json_integer(tm->arrow));
	if (tm->event == NT_TIMER_ARMED || tm->event == NT_TIMER_RESET)
		json_object_set_new(o, "left_ms", json_integer(tm->left_ms));
	if (tm->value_us)
		json_object_set_new(o, "value_us", json_integer(tm->value_us));
	if (tm->backoff)
		json_object_set_new(o, "backoff", json_integer(tm->backoff));
	return o;
}

json_t *nt_json_queue(const struct nt_conv *c, const struct nt_queue *q)
{
	json_t *o = object("queue", q->t, c, q->end);

	json_object_set_new(o, "segment", json_integer(q->arrow));
	json_object_set_new(o, "accept",
			    json_pack("{s:I,s:I}", "len", (json_int_t)q->accept_len, "max",
				      (json_int_t)q->accept_max));
	if (!q->ack) {
		json_object_set_new(o, "half_open", json_integer(q->request_len));
		json_object_set_new(o, "syncookies", json_integer(q->syncookies));
	}
	json_object_set_new(o, "verdict", json_string(nt_queue_verdict_name(q->verdict)));
	json_object_set_new(o, "basis", json_string(nt_basis_name(q->basis)));
	return o;
}

json_t *nt_json_drop(const struct nt_conv *c, const struct nt_drop *d)
{
	const char *text = d->reason ? nt_drop_text(d->reason) : NULL;
	json_t *o = json_pack("{s:s,s:I,s:I,s:I,s:o,s:s?}", "type", "drop", "t", (json_int_t)d->t,
			      "conv", (json_int_t)c->id, "segment", (json_int_t)d->arrow, "dev",
			      nt_json_foreign(d->dev, NETTRACE_NAME_LEN), "reason", d->reason);

	if (d->code)
		json_object_set_new(o, "code", json_integer(d->code));
	if (text)
		json_object_set_new(o, "text", json_string(text));
	json_object_set_new(o, "delivered", json_boolean(d->delivered));
	json_object_set_new(o, "basis", json_string(nt_basis_name(NT_OBSERVED)));
	return o;
}

void nt_json_set_mac_words(const struct nt_view *v, json_t *o, const char *key,
			   const uint8_t mac[6])
{
	enum nt_mac_kind kind = nt_mac_kind(mac);
	const char *vendor, *word = nt_mac_kind_name(kind);
	char name[48];

	if (!v->oui)
		return;
	vendor = kind == NT_MAC_GLOBAL || kind == NT_MAC_LOCAL ? nt_oui_vendor(v->oui, mac) : NULL;
	snprintf(name, sizeof(name), "%s_vendor", key);
	if (vendor)
		json_object_set_new(o, name, nt_json_foreign(vendor, NT_VENDOR_NAME));
	snprintf(name, sizeof(name), "%s_kind", key);
	if (word)
		json_object_set_new(o, name, json_string(word));
}

void nt_json_set_mac(const struct nt_view *v, json_t *o, const char *key, const uint8_t mac[6])
{
	char text[18];

	json_object_set_new(o, key, json_string(nt_describe_mac(text, mac)));
	nt_json_set_mac_words(v, o, key, mac);
}

json_t *nt_json_neigh(const struct nt_view *v, const struct nt_neigh *n)
{
	char ip[NT_ADDR_TEXT];
	json_t *o = json_pack("{s:s,s:I,s:o,s:s,s:s,s:s}", "type", "neigh", "t", (json_int_t)n->t,
			      "dev", nt_json_foreign(n->dev, NETTRACE_NAME_LEN), "addr",
			      nt_describe_addr(ip, sizeof(ip), &n->addr), "to", nt_nud_name(n->to),
			      "why", nt_neigh_what_name(n->what));

	if (n->from_known)
		json_object_set_new(o, "from", json_string(nt_nud_name(n->from)));
	if (n->mac_known)
		nt_json_set_mac(v, o, "mac", n->mac);
	json_object_set_new(o, "queued", json_integer(n->queued));
	json_object_set_new(o, "probes", json_integer(n->probes));
	if (n->reachable_ms)
		json_object_set_new(o, "reachable_ms", json_integer(n->reachable_ms));
	if (n->pid) {
		json_object_set_new(o, "pid", json_integer(n->pid));
		json_object_set_new(o, "comm", nt_json_foreign(n->comm, NETTRACE_NAME_LEN));
	}
	return o;
}

/* the AND with the mask of the source's own subnet */
static json_t *subnet(const struct nt_route *r)
{
	char net[NT_ADDR_TEXT + 4], src[NT_ADDR_TEXT], dst[NT_ADDR_TEXT];
	unsigned int family = r->src.family;
	struct nt_subnet s;

	if (!(r->flags & NETTRACE_RT_SRC_LEN) ||
	    !nt_subnet_of(&s, family, r->src_len, r->src.b, r->dst.b))
		return NULL;
	return json_pack("{s:s,s:s,s:s,s:b}", "net",
			 nt_describe_net(net, sizeof(net), family, r->src.b, r->src_len), "src",
			 nt_describe_ip(src, sizeof(src), family, s.src), "dst",
			 nt_describe_ip(dst, sizeof(dst), family, s.dst), "same", (int)s.same);
}

json_t *nt_json_route(const struct nt_conv *c, const struct nt_route *r)
{
	json_t *o = object("route", r->t, c, r->end), *own = subnet(r);
	char ip[NT_ADDR_TEXT + 4], word[16];

	json_object_set_new(o, "dev", nt_json_foreign(r->dev, NETTRACE_NAME_LEN));
	json_object_set_new(o, "src", json_string(nt_describe_addr(ip, sizeof(ip), &r->src)));
	json_object_set_new(o, "dst", json_string(nt_describe_addr(ip, sizeof(ip), &r->dst)));
	json_object_set_new(o, "kind", json_string(nt_route_kind_name(r->flags)));
	if (r->gateway.family)
		json_object_set_new(o, "gateway",
				    json_string(nt_describe_addr(ip, sizeof(ip), &r->gateway)));
	if (own)
		json_object_set_new(o, "subnet", own);
	if (r->flags & NETTRACE_RT_FIB) {
		json_object_set_new(o, "prefix",
				    json_string(nt_describe_net(ip, sizeof(ip), r->dst.family,
								r->dst.b, r->match_len)));
		json_object_set_new(o, "table",
				    json_string(nt_rt_table_name(r->table, word, sizeof(word))));
		json_object_set_new(o, "protocol",
				    json_string(nt_rt_proto_name(r->rt_proto, word, sizeof(word))));
		json_object_set_new(o, "scope",
				    json_string(nt_rt_scope_name(r->rt_scope, word, sizeof(word))));
	}
	if (r->mtu)
		json_object_set_new(o, "mtu", json_integer(r->mtu));
	if (r->pid)
		json_object_set_new(o, "pid", json_integer(r->pid));
	return o;
}

json_t *nt_json_app(const struct nt_app *app)
{
	char text[NT_APP_TEXT_SHOWN];
	json_t *o = json_object();

	json_object_set_new(o, "name", json_string(nt_app_name(app->proto)));
	json_object_set_new(o, "kind", json_string(nt_app_kind_name(app->kind)));
	json_object_set_new(o, "text", json_string(nt_describe_app(text, sizeof(text), app)));
	if (app->cut)
		json_object_set_new(o, "cut", json_true());
	return o;
}

json_t *nt_json_service(const struct nt_services *s, const struct nt_conv *c)
{
	struct nt_service r = nt_service_of(s, c);
	json_t *o;

	if (!r.name)
		return NULL;
	o = json_object();
	json_object_set_new(o, "name", nt_json_foreign(r.name, NT_SERVICE_NAME));
	json_object_set_new(o, "basis", json_string(r.sure ? "bytes" : "port"));
	if (r.by_port)
		json_object_set_new(o, "by_port", nt_json_foreign(r.by_port, NT_SERVICE_NAME));
	return o;
}
