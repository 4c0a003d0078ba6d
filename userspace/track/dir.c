// SPDX-License-Identifier: GPL-2.0-only
/*
 * dir.c - see dir.h
 */
#include "dir.h"

#define TH(p, f)   ((p)->tcp_flags & NETTRACE_TH_##f)

#define WSCALE_MAX 14 /* RFC 7323, 2.3 */

/*
 * How far beyond the window a segment may lie and still be believed: window
 * updates may have been missed.  Where the scale is not known, the widest window
 * there is.
 */
#define WILD	   (1ULL << 20)
#define WILD_GUESS (65535ULL << WSCALE_MAX)

/* place the base so that positions before it do not underflow */
static void set_base(struct nt_dir *d, uint32_t isn, bool syn)
{
	d->based = true;
	d->base = (1ULL << 32) + isn;
	d->max = d->base;
	d->acked = d->base + !syn;
	d->edge = d->base + !syn;
}

void nt_dir_base(struct nt_dir *d, struct nt_dir *peer, const struct nettrace_packet *p)
{
	if (!d->based && (TH(p, SYN) || !TH(p, RST)))
		set_base(d, TH(p, SYN) ? p->seq : p->seq - 1, TH(p, SYN));
	if (TH(p, ACK) && !peer->based && !TH(p, RST))
		set_base(peer, p->ack - 1, false);
}

static bool near(uint64_t a, uint64_t b)
{
	return a < b + WILD && b < a + WILD;
}

/*
 * Is a position of @d one that its peer's window allows?  What is far from it is
 * forged, or comes after much that was missed: two such close together are
 * believed, so that one stray segment moves nothing.
 */
static bool plausible(struct nt_dir *d, const struct nt_dir *peer, uint64_t pos)
{
	uint64_t limit = d->max;

	if (!d->sent || !peer->window_known)
		return true;
	if (peer->right > limit)
		limit = peer->right;
	limit += peer->wscale_guess ? WILD_GUESS : WILD;
	if (pos <= limit)
		return true;
	if (d->wild && near(d->wild, pos)) {
		d->wild = 0;
		return true;
	}
	d->wild = pos;
	return false;
}

/*
 * An acknowledgement of what @d was not seen to send is forged (RFC 9293,
 * 3.10.7.4 ignores it), or what it acknowledges was missed: as above.
 */
static bool acknowledgeable(struct nt_dir *d, uint64_t ack)
{
	if (!d->sent || ack <= d->max)
		return true;
	if (d->unseen && near(d->unseen, ack)) {
		d->unseen = 0;
		return true;
	}
	d->unseen = ack;
	return false;
}

/* RFC 7323, 2.2: each side's shift counts only if both SYNs carried one */
static void note_wscale(struct nt_dir *d, struct nt_dir *peer, const struct nettrace_packet *p)
{
	bool offered = p->optflags & NETTRACE_OPT_WSCALE;

	d->wscale_offered = offered;
	d->wscale = !offered ? 0 : p->wscale < WSCALE_MAX ? p->wscale : WSCALE_MAX;
	/* a SYN,ACK carries one only if the SYN did, seen or not */
	d->wscale_ok = offered && (TH(p, ACK) || peer->wscale_offered);
	peer->wscale_ok = offered && peer->wscale_offered;
	d->wscale_guess = false;
	/* a shift that the peer's SYN told, had it been seen */
	peer->wscale_guess = offered && !peer->isn_known && TH(p, ACK);
}

/* RFC 9293, 3.10.7.4: SND.WL1 and SND.WL2 keep an old segment's window out */
static void note_window(struct nt_dir *d, const struct nt_dir *peer,
			const struct nettrace_packet *p, uint64_t seq, uint64_t ack)
{
	uint64_t right;

	if (d->window_known && (ack < d->wl2 || (ack == d->wl2 && seq < d->wl1)))
		return;
	d->window_known = true;
	d->wl1 = seq;
	d->wl2 = ack;
	d->window = p->window;
	if (!TH(p, SYN)) {
		d->window <<= d->wscale_ok ? d->wscale : 0;
		if (!d->isn_known && !d->wscale_ok && !(peer->isn_known && !peer->wscale_offered))
			d->wscale_guess = true;
	}
	right = ack + d->window;
	/* no receiver takes back what it offered: RFC 9293, 3.8.6 */
	if (right > d->right)
		d->right = right;
}

static void move_edge(struct nt_dir *d)
{
	d->edge = nt_ranges_edge(&d->ranges, d->edge);
	if (d->fin_known && d->edge == d->fin)
		d->edge++;
}

static void note_ack(struct nt_dir *d, struct nt_dir *peer, const struct nettrace_packet *p,
		     uint64_t seq)
{
	uint64_t ack;

	if (!TH(p, ACK) || !peer->based)
		return;
	ack = nt_unwrap(peer->max, p->ack);
	if (!acknowledgeable(peer, ack))
		return;
	if (ack > peer->acked)
		peer->acked = ack;
	/* what was received was sent, though it was not seen here */
	if (ack > peer->max)
		peer->max = ack;
	if (ack > peer->edge) {
		peer->edge = ack;
		move_edge(peer);
	}
	note_window(d, peer, p, seq, ack);
}

/*
 * RFC 7323, 5.3: TS.Recent follows what is acceptable (R2), and begins at or before
 * the last ACK sent (R3).  What the peer echoes is its TS.Recent.
 */
static void note_ts(struct nt_dir *d, struct nt_dir *peer, const struct nettrace_packet *p,
		    uint64_t seq, uint64_t end)
{
	if (!(p->optflags & NETTRACE_OPT_TS))
		return;
	if (TH(p, ACK) && (!peer->echo_known || (int32_t)(p->tsecr - peer->ts_echo) > 0)) {
		peer->echo_known = true;
		peer->ts_echo = p->tsecr;
	}
	if (seq > d->acked || (seq < d->acked && end <= d->acked) ||
	    (d->ts_known && (int32_t)(p->tsval - d->ts_val) < 0))
		return;
	d->ts_known = true;
	d->ts_val = p->tsval;
}

/* a SYN that is not this connection's: stale, forged, or of the next one */
static bool foreign_syn(const struct nt_dir *d, const struct nettrace_packet *p)
{
	return TH(p, SYN) && d->based && p->seq != (uint32_t)d->base;
}

uint32_t nt_dir_pass(struct nt_dir *d, struct nt_dir *peer, const struct nettrace_packet *p)
{
	uint64_t seq, from, to, end;
	uint32_t fresh = 0;

	if (!d->based || TH(p, RST) || foreign_syn(d, p))
		return 0;
	seq = nt_unwrap(d->max, p->seq);
	from = seq + !!TH(p, SYN);
	to = from + p->payload;
	end = to + !!TH(p, FIN);
	if (!plausible(d, peer, seq))
		return 0;
	note_ts(d, peer, p, seq, end);
	d->sent = true;
	if (TH(p, SYN)) {
		d->isn_known = true;
		note_wscale(d, peer, p);
	}
	/* a keepalive's octet lies before the stream, and is none of it */
	if (from > d->base)
		fresh = (uint32_t)nt_ranges_add(&d->ranges, from, to);
	if (end > d->max)
		d->max = end;
	if (d->edge <= d->base)
		d->edge = d->base + 1;
	/* until the stream has come up to it, a later FIN may put it right */
	if (TH(p, FIN) && (!d->fin_known || d->edge <= d->fin)) {
		d->fin_known = true;
		d->fin = to;
	}
	move_edge(d);
	note_ack(d, peer, p, seq);
	return fresh;
}
