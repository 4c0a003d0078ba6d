/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * render_json.h - what the files of the JSON format share
 *
 * Ownership: functions return new references, which the caller gives away.
 */
#ifndef NETTRACE_RENDER_JSON_H
#define NETTRACE_RENDER_JSON_H

#include <jansson.h>

#include "render.h"
#include "model.h"
#include "services.h"

/* a name that others chose, escaped; at most @max bytes of it */
json_t *nt_json_foreign(const char *s, size_t max);
json_t *nt_json_addr(const struct nt_addr *a);
/* a line of the output; takes @o */
void nt_json_emit(const struct nt_view *v, json_t *o);

/* the beginning of an object: which arrow of which conversation */
json_t *nt_json_packet(const char *type, const struct nt_conv *c, const struct nt_arrow *a);
/* render_json_path.c: where a packet was sighted, by namespace, in its object @o */
void nt_json_set_hops(const struct nt_view *v, json_t *o, const struct nt_model *m,
		      const struct nt_conv *c, const struct nt_arrow *a);
/* on which side of NAT it is another conversation; NULL: on none that is known */
json_t *nt_json_conv_nat(const struct nt_view *v, const struct nt_conv *c);
/* render_ct.c: what conntrack has of it; NULL: nothing was asked, or it has nothing */
json_t *nt_json_ct(const struct nt_view *v, const struct nt_conv *c);
/* the basis of a translation, and what conntrack says of it */
void nt_json_set_verdict(json_t *o, enum nt_ct_verdict verdict, const struct nt_addr *is,
			 bool ports);
json_t *nt_json_marks(const struct nt_arrow *a);
json_t *nt_json_gso(const struct nt_arrow *a);
json_t *nt_json_sightings(const struct nt_view *v, const struct nt_sighting *s, int n);
/* a link address as @key, and whose it is as KEY_vendor and KEY_kind, where that is known */
void nt_json_set_mac(const struct nt_view *v, json_t *o, const char *key, const uint8_t mac[6]);
/* the words alone */
void nt_json_set_mac_words(const struct nt_view *v, json_t *o, const char *key,
			   const uint8_t mac[6]);
/* nothing where the namespace has no name */
void nt_json_set_netns(const struct nt_view *v, json_t *o, unsigned int stream);

/* render_json_dgram.c: objects of type "datagram" and "icmp" */
json_t *nt_json_datagram(const struct nt_view *v, const struct nt_conv *c,
			 const struct nt_arrow *a);

/* render_json_item.c: objects of type "call", "timer" and "queue" */
json_t *nt_json_call(const struct nt_conv *c, const struct nt_call *call);
json_t *nt_json_timer(const struct nt_conv *c, const struct nt_timer *tm);
json_t *nt_json_queue(const struct nt_conv *c, const struct nt_queue *q);

/* without their namespaces */
json_t *nt_json_route(const struct nt_conv *c, const struct nt_route *r);
json_t *nt_json_neigh(const struct nt_view *v, const struct nt_neigh *n);
json_t *nt_json_drop(const struct nt_conv *c, const struct nt_drop *d);

/* render_json_item.c: what a payload says; what a conversation is for, NULL: not known */
json_t *nt_json_app(const struct nt_app *app);
json_t *nt_json_service(const struct nt_services *s, const struct nt_conv *c);

struct nt_told;

/* render_json_explain.c: a step; of an item, NULL: there is nothing to be said of it */
json_t *nt_json_step(const struct nt_told *s);
json_t *nt_json_step_of(const struct nt_model *m, const struct nt_item *it);

/* render_agree.c: how many were compared, how many differed */
json_t *nt_json_agreement(const struct nt_model_stats *s);

#endif /* NETTRACE_RENDER_JSON_H */
