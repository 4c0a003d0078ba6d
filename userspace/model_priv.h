/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * model_priv.h - the model's inside
 *
 * Purpose:   what the model_*.c files share.  Nobody else includes it.
 * Ownership: everything hangs on struct nt_model.
 *
 * An event goes two steps.  *Fed*: a sighting joins its arrow, a record finds
 * its conversation, and both wait in one queue in the order of time.  *Final*:
 * once nothing older can come (the hold), what heads the queue gets its number,
 * marks, states and cause, becomes an item and is handed to the observer.  So a
 * cause may be recorded, on another CPU, shortly after what it caused.
 *
 *   model.c        the queue, gaps, what the outside calls
 *   model_conv.c   conversations: finding, creating, forgetting
 *   model_arp.c    ARP messages, and IPv6's in their place
 *   model_resolve.c  which of them belong together; what they are
 *   model_arrow.c  fed sightings: which conversation
 *   model_pair.c   fed sightings: which arrow
 *   model_frag.c   fed sightings: fragments, and the datagram they are of
 *   model_dgram.c  what is not TCP: silence, answers, echoes, ICMP errors
 *   model_app.c    fed sightings: what their payload says
 *   model_state.c  fed socket records: which end; listeners; owners
 *   model_final.c  final arrows: numbers, marks, bytes
 *   model_trans.c  final transitions of traced sockets: states and causes
 *   model_infer.c  final transitions of ends that no traced kernel owns
 *   model_agree.c  traced ends: what their segments imply, compared
 *   model_call.c   system calls: entry and return, whose they are
 *   model_timer.c  timers: what samples and marks tell
 *   model_queue.c  the listener's queues
 *   model_route.c  where a local packet goes: decisions wait for their packet
 *   model_neigh.c  entries of neighbour tables
 *   model_shared.c  what belongs to no conversation: finding, forgetting
 *   model_drop.c   why the kernel dropped a packet
 *   model_nat.c    final arrows: the same packet under another address
 *   model_ct.c     what conntrack says, beside what was inferred (model_ct.h)
 *   model_prompt.c when a thing is final; what is added to it later
 */
#ifndef NETTRACE_MODEL_PRIV_H
#define NETTRACE_MODEL_PRIV_H

#include <netinet/in.h>
#include <string.h>

#include "model_types.h"

/* model.c */
/* put @p in the queue by its time */
void nt_queue_add(struct nt_model *m, struct nt_pend *p);
/* put @p right behind @after */
void nt_queue_after(struct nt_model *m, struct nt_pend *p, struct nt_pend *after);
void nt_queue_del(struct nt_model *m, struct nt_pend *p);
/* a final item: kept by its conversation, handed to the observer; 0 or -ENOMEM */
int nt_emit(struct nt_model *m, struct nt_convx *cv, const struct nt_item *item);
/* a transition, all zero; NULL: no memory */
struct nt_transition *nt_transition_new(struct nt_model *m);
/*
 * room for one more than @n elements of @size bytes in a growing array
 * Return: the array, moved perhaps; NULL: no memory, the old one stays.
 */
void *nt_grow(void *array, size_t *cap, size_t n, size_t size);

/* model_conv.c */
static inline bool nt_addr_eq(const struct nt_addr *a, const struct nt_addr *b)
{
	uint64_t x[2], y[2];

	memcpy(x, a->b, sizeof(x));
	memcpy(y, b->b, sizeof(y));
	return a->port == b->port && x[0] == y[0] && x[1] == y[1] && a->family == b->family;
}

static inline void nt_addr_set(struct nt_addr *a, uint8_t family, const uint8_t *b, uint16_t port)
{
	a->family = family;
	memcpy(a->b, b, sizeof(a->b));
	a->port = port;
}

static inline bool nt_host_only(const struct nt_addr *a)
{
	static const uint8_t v6_loopback[16] = { [15] = 1 };

	if (a->family == NETTRACE_IPV4)
		return a->b[0] == 127;
	return !memcmp(a->b, v6_loopback, sizeof(v6_loopback));
}

/* addresses that never leave a namespace bind the tuple to stream @source */
static inline void nt_tuple_scope(struct nt_tuple *t, unsigned int source)
{
	t->scope = nt_host_only(&t->a[0]) || nt_host_only(&t->a[1]) ? (int)source : -1;
}

/* newest conversation of the tuple, then older ones; NULL: no more */
struct nt_convx *nt_conv_find(const struct nt_model *m, const struct nt_tuple *t);
struct nt_convx *nt_conv_older(const struct nt_convx *cv, const struct nt_tuple *t);
/* @client: the index in @t->a of the client */
struct nt_convx *nt_conv_new(struct nt_model *m, const struct nt_tuple *t, int client);
static inline int nt_conv_end(const struct nt_convx *cv, const struct nt_addr *a)
{
	return nt_addr_eq(&cv->c.end[0].addr, a) ? 0 : 1;
}
/* as fed: nothing more is expected of it but the rest of its closing */
bool nt_conv_over(const struct nt_convx *cv);
/* end @end refused the peer's SYN, and its own crosses it */
bool nt_conv_crossing(const struct nt_convx *cv, int end);
void nt_conv_free(struct nt_model *m, struct nt_convx *cv);
/* an arrow, all zero but for its packet; NULL: no memory */
struct nt_arrowx *nt_arrow_new(struct nt_model *m);
/* those to be used again */
void nt_arrows_free(struct nt_model *m);
/* an arrow was fed: make final what need not wait, queue it else (nt_model_policy::eager) */
int nt_arrow_eager(struct nt_model *m, struct nt_arrowx *x);
/* ... of those that had to wait */
int nt_arrow_ripen(struct nt_model *m, struct nt_convx *cv);
/* let go of arrows that are final and that nothing asks for, if items are not kept */
void nt_arrow_trim(struct nt_model *m, struct nt_convx *cv);

/* model_arp.c */
int nt_arp_feed(struct nt_model *m, const struct nt_event *ev);
int nt_arp_final(struct nt_model *m, struct nt_arpx *x);
void nt_sighting_set(struct nt_sighting *s, const struct nt_event *ev,
		     const struct nettrace_packet *p);

/* an ICMPv6 packet that is a neighbour solicitation or advertisement */
bool nt_is_nd(const struct nettrace_packet *p);

/* model_resolve.c */
/* what it is, beside those before it; in the order of time */
int nt_resolve(struct nt_model *m, struct nt_arpx *x);
/* a namespace forwards packets for that address */
int nt_resolve_forwarded(struct nt_model *m, const struct nt_seen *s);
/* the entry has failed: whoever was asked has not answered */
void nt_resolve_failed(struct nt_model *m, const struct nt_neigh *n);
/* requests that are old enough, at the end, and have no answer */
void nt_resolve_finish(struct nt_model *m);
/* messages that were handed out and are marked as gone are about to be freed */
void nt_resolve_forget(struct nt_model *m);

/* model_nat.c */
/* which other arrow is the same packet, before or after an address changed; 0 or -ENOMEM */
int nt_nat_final(struct nt_model *m, struct nt_arrowx *x);
/* @x is about to be freed */
void nt_nat_forget(struct nt_model *m, struct nt_arrowx *x);

/* model_pair.c */
/* which of the arrow's sightings was at the same hook and device; -1: none */
int nt_sighted_here(const struct nt_arrow *a, const struct nt_seen *s);
/* the arrow of the same packet; NULL: there is none */
struct nt_arrowx *nt_find_same(const struct nt_convx *cv, const struct nt_seen *s);
/* the arrow that covers this piece; @at: where the piece before it was counted */
struct nt_arrowx *nt_find_whole(const struct nt_convx *cv, const struct nt_seen *s, int *at);
/* the arrows that were merged into this sighting; 0: they do not cover it */
unsigned int nt_find_parts(const struct nt_convx *cv, const struct nt_seen *s,
			   struct nt_arrowx *part[NT_MERGED_MAX]);

/* a whole that was sighted before it was cut into these fragments; NULL: none was */
struct nt_arrowx *nt_find_cut(const struct nt_convx *cv, const struct nt_seen *s);
/* model_app.c */
/* the payload of a sighting of @a, if it was kept and @a has no label; 0 or -ENOMEM */
int nt_app_feed(struct nt_convx *cv, struct nt_arrow *a, const struct nt_seen *s);

/* model_arrow.c */
int nt_packet_feed(struct nt_model *m, const struct nt_event *ev);
/* the conversation of a packet, made where there is none; NULL: no memory */
struct nt_convx *nt_conv_of(struct nt_model *m, struct nt_seen *s, uint16_t sport, uint16_t dport);
/* @set: the fragments it is sighted in, taken over; NULL: whole.  0 or -ENOMEM */
int nt_arrow_add(struct nt_model *m, struct nt_convx *cv, const struct nt_seen *s,
		 struct nt_fragments *set, struct nt_arrowx **made);
/* it joins that arrow; 0 or -ENOMEM */
int nt_arrow_join(struct nt_model *m, struct nt_arrowx *x, const struct nt_seen *s);

/* model_frag.c */
/*
 * a fragment whose datagram is known, or whose ports are not
 * Return: 1: done; 0: it is a first fragment, and of which conversation it is is to
 * be asked; -ENOMEM
 */
int nt_frag_feed(struct nt_model *m, const struct nt_seen *s);
/* the first fragment of a datagram of @cv; 0 or -ENOMEM */
int nt_frag_first(struct nt_model *m, struct nt_convx *cv, const struct nt_seen *s);
/* its first fragment has not come: it is shown without */
int nt_frag_final(struct nt_model *m, struct nt_fragx *e);
/* more of it may come */
bool nt_frag_waits(const struct nt_arrowx *x);
/* @x is about to be freed */
void nt_frag_forget(struct nt_model *m, struct nt_arrowx *x);
/* what is too old to be completed is not waited for */
void nt_frag_expire(struct nt_model *m);
void nt_frag_free(struct nt_model *m);

/* model_dgram.c */
/* at @t: is it over, because nothing was said for so long */
bool nt_dgram_silent(const struct nt_convx *cv, int64_t t);
/* how long nothing may be said before it is over, ns */
int64_t nt_dgram_timeout(const struct nt_convx *cv);
/* an arrow that is not TCP's, or an error: before it is handed out */
void nt_dgram_final(struct nt_model *m, struct nt_arrowx *x);
/* say of echo requests whose time has come that they were not answered */
void nt_echo_settle(struct nt_model *m);

/* model_state.c */
int nt_state_feed(struct nt_model *m, const struct nt_event *ev);
/* a SYN left: the record of its connect() gets its addresses */
int nt_orphan_syn(struct nt_model *m, struct nt_convx *cv, int end, const struct nt_event *ev);
void nt_owner_set(struct nt_convx *cv, int end, enum nt_owner_rank rank, uint32_t pid,
		  const char *comm);
/* who listens on a port in a namespace; NULL: nobody that was observed */
const struct nt_listener *nt_listener_find(const struct nt_model *m, unsigned int source,
					   const struct nt_addr *a);
/* the listener behind an end, if known: marks and names it */
void nt_listener_apply(struct nt_model *m, struct nt_convx *cv, int end, unsigned int source);

/* model_final.c */
int nt_arrow_final(struct nt_model *m, struct nt_arrowx *x);
/* the sighting where it arrived; NULL: none was seen */
const struct nt_sighting *nt_delivery(const struct nt_arrow *a);
void nt_arrow_mark(struct nt_arrow *a, enum nt_mark_name name, const char *reason,
		   enum nt_basis basis);
void nt_arrow_unmark(struct nt_arrow *a, enum nt_mark_name name);
/* true: it is certain enough that it never came; it is marked so now */
bool nt_mark_lost(const struct nt_model *m, struct nt_convx *cv, struct nt_arrowx *x);

/* model_call.c */
int nt_call_feed(struct nt_model *m, const struct nt_event *ev);
int nt_call_final(struct nt_model *m, struct nt_callx *x);
/* a state record @ev of a socket found its end: so do the calls on that socket */
int nt_calls_of_socket(struct nt_model *m, struct nt_convx *cv, int end, const struct nt_event *ev);
/* that socket listens, or has ceased to */
void nt_calls_listener(struct nt_model *m, unsigned int source, uint64_t sk_id, bool listens);
/* the conversation of a listener shows the calls that made it one */
int nt_calls_of_listener(struct nt_model *m, struct nt_convx *cv, int end, unsigned int source,
			 uint64_t sk_id);
/* what is still under way is handed out; before the queue is emptied */
void nt_calls_finish(struct nt_model *m);
/* @cv is about to be freed */
void nt_calls_forget(struct nt_model *m, const struct nt_convx *cv);
void nt_calls_free(struct nt_model *m);
/*
 * An item with a copy of @what, a struct nt_call, nt_timer or nt_queue of @size
 * bytes: the conversation's, and NULL again where it keeps none.  @item: type, t
 */
int nt_emit_copy(struct nt_model *m, struct nt_convx *cv, struct nt_item *item, const void *what,
		 size_t size);

/* model_timer.c */
int nt_timer_feed(struct nt_model *m, const struct nt_event *ev);
int nt_timer_final(struct nt_model *m, struct nt_timerx *x);
/* the timer of a request or TIME-WAIT socket, from its own record */
int nt_timer_mini(struct nt_model *m, const struct nt_statex *x);
/* an arrow is marked: which timer sent it; before it is handed out */
int nt_timer_sent(struct nt_model *m, struct nt_arrowx *x);

/* model_queue.c */
int nt_queue_feed(struct nt_model *m, struct nt_convx *cv, const struct nt_seen *s);
int nt_queue_final(struct nt_model *m, struct nt_queuex *x);
/* is it known already what became of the segment */
bool nt_queue_settled(const struct nt_queuex *x);

/* model_route.c */
int nt_route_feed(struct nt_model *m, const struct nt_event *ev);
/* a packet leaves: is there a decision about it */
int nt_route_join(struct nt_model *m, struct nt_convx *cv, const struct nt_seen *s);
int nt_route_final(struct nt_model *m, struct nt_routex *x);

/* model_neigh.c */
int nt_neigh_feed(struct nt_model *m, const struct nt_event *ev);
int nt_neigh_final(struct nt_model *m, struct nt_neighx *x);

/* model_shared.c */
/*
 * An ARP message, neighbour entry or gap was handed out: from now on its pend.t tells
 * that neither it nor one of those before it is later.  @before: the last one, or NULL
 */
void nt_shared_after(struct nt_pend *p, const struct nt_pend *before);
/* frees those that the policy does not keep */
void nt_shared_forget(struct nt_model *m);
void nt_shared_free(struct nt_model *m);

/* model_drop.c */
/* the arrow of a packet that was sighted as it was dropped; NULL: it has none */
struct nt_arrowx *nt_find_dropped(const struct nt_convx *cv, const struct nt_seen *s);
/* @x was sighted as it was dropped: its reason follows */
int nt_dropped_feed(struct nt_model *m, struct nt_arrowx *x, const struct nt_seen *s);
int nt_drop_feed(struct nt_model *m, const struct nt_event *ev);
int nt_drop_final(struct nt_model *m, struct nt_dropx *x);
void nt_drops_free(struct nt_model *m);

/* model_prompt.c */
/* can nothing be added to it, or has it waited long enough */
bool nt_pend_due(const struct nt_model *m, const struct nt_pend *p);
/* @x was handed out already, and is sighted again; 0 or -ENOMEM */
int nt_late_sighting(struct nt_model *m, struct nt_arrowx *x, const struct nt_seen *s);
/* a mark that is found after the arrow was handed out: said at @t; 0 or -ENOMEM */
int nt_late_mark(struct nt_model *m, struct nt_arrowx *x, enum nt_mark_name mark, int64_t t);
/* hands it to the observer and frees it */
int nt_late_final(struct nt_model *m, struct nt_latex *x);
/* true: whether @x was lost will be asked again, by nt_unsure_settle() */
bool nt_unsure(struct nt_model *m, struct nt_arrowx *x);
void nt_unsure_settle(struct nt_model *m);

/* model_trans.c */
/* 1: wait, it was put behind its cause; 0: done; -ENOMEM */
int nt_state_final(struct nt_model *m, struct nt_statex *x);
/* note what a transition to @to says about the conversation */
void nt_conv_moved(struct nt_convx *cv, const struct nt_transition *tr,
		   const struct nt_arrowx *cause);

/* model_agree.c */
/* a sighting at a traced end; 0 or -ENOMEM */
int nt_agree_feed(struct nt_model *m, struct nt_convx *cv, const struct nt_seen *s);
int nt_agree_final(struct nt_model *m, struct nt_trackx *x);
/* 1: wait, the record was put behind the segment that it follows; 0: compared */
int nt_agree_transition(struct nt_model *m, struct nt_statex *x, struct nt_transition *tr);
/* what is inferred and will not be observed any more */
void nt_agree_settle(struct nt_model *m, struct nt_convx *cv);

/* model_infer.c */
/* what may be known of both ends before the first segment, sent by end @from */
void nt_infer_begin(struct nt_convx *cv, int from, const struct nt_segment *g);
/* before the arrow: what its sending implies; after: what its receipt does */
int nt_infer_sent(struct nt_model *m, struct nt_arrowx *x);
int nt_infer_received(struct nt_model *m, struct nt_arrowx *x);
/* a SYN or FIN to which nothing has answered yet */
bool nt_infer_waits(const struct nt_arrowx *x);

#endif /* NETTRACE_MODEL_PRIV_H */
