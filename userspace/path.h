/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * path.h - one packet's way: which namespaces, which hooks, in which order
 *
 * Purpose:   the sightings of a packet, by namespace, with the hooks that it should
 *            have passed there and was not sighted at.  A hook that is not looked at
 *            (hooks=default) is told from one that was not passed.
 * Ownership: struct nt_path is a value of the caller; it points into the model.
 * Honesty:   sightings are observed.  That a packet with other addresses is the same
 *            one, translated, is inferred: see struct nt_nat.
 */
#ifndef NETTRACE_PATH_H
#define NETTRACE_PATH_H

#include "model.h"
#include "model_ct.h"

#define NT_PATH_ARROWS 4 /* the same packet under so many pairs of addresses */
#define NT_PATH_SPACES 12
#define NT_PATH_STEPS  16

enum nt_passage {
	NT_PASSED,     /* sighted there */
	NT_NOT_PASSED, /* packets are recorded there, this one was not sighted */
	NT_NOT_LOOKED, /* no packet of this namespace is recorded there */
};

enum nt_path_role {
	NT_PATH_SENDS,
	NT_PATH_RECEIVES,
	NT_PATH_FORWARDS,
	NT_PATH_BOTH,	 /* sends it to itself */
	NT_PATH_BRIDGES, /* as a frame; it is not routed here */
	NT_PATH_ENDS,	 /* it has arrived, and that is all */
	NT_PATH_CAPTURE, /* there are no hooks in a capture */
	NT_PATH_ROLE_MAX
};

struct nt_step {
	uint8_t hook;
	enum nt_passage passage;
	const struct nt_sighting *sight; /* NT_PASSED */
	unsigned int arrow;		 /* NT_PASSED: index of nt_path::arrow */
};

/* a namespace that it passed */
struct nt_space {
	uint16_t source;
	enum nt_path_role role;
	uint32_t looked; /* at which hooks packets are recorded there, a bit each */
	unsigned int nstep;
	struct nt_step step[NT_PATH_STEPS];
};

/*
 * Between two sightings in one namespace one of the two ends' addresses (or ports)
 * became another: destination or source NAT.  Inferred: all else that identifies the
 * packet is equal, and no other packet fits.  Observed where conntrack's entry has the
 * same two addresses.
 */
struct nt_nat {
	uint16_t source;
	uint8_t before, after; /* enum nettrace_hook */
	bool dst;	       /* the destination; else the source */
	struct nt_addr from, to;
	enum nt_ct_verdict ct; /* AGREES: so it is observed */
	struct nt_addr has;    /* DISAGREES: what conntrack has */
};

struct nt_path {
	/* the packet that was asked for, and what it was before and after NAT, in order */
	struct {
		const struct nt_conv *conv;
		const struct nt_arrow *arrow;
	} as[NT_PATH_ARROWS];
	unsigned int nas, asked;
	struct nt_nat nat[NT_PATH_ARROWS - 1]; /* nas - 1: between as[i] and as[i + 1] */
	int64_t t;			       /* first sighting */
	unsigned int nspace;
	struct nt_space space[NT_PATH_SPACES];
	unsigned int left_out; /* sightings that found no room */
};

/** nt_path_way() - where packet @a of conversation @c was sighted, and no more */
void nt_path_way(struct nt_path *p, const struct nt_model *m, const struct nt_conv *c,
		 const struct nt_arrow *a);

/**
 * nt_path_of() - the same, with the hooks that it should have passed
 *
 * Complete models only; all packets are looked at.
 */
void nt_path_of(struct nt_path *p, const struct nt_model *m, const struct nt_conv *c,
		const struct nt_arrow *a);

#define NT_HOP_DEVS 4

/* one of the namespaces on the way, in short (path_hops.c) */
struct nt_hop {
	uint16_t source;
	enum nt_path_role role;
	bool dropped; /* here it ended */
	int64_t t;    /* sighted first */
	unsigned int ndev;
	const char *dev[NT_HOP_DEVS];	/* foreign; in the order it passed them */
	uint8_t ttl_before, ttl;	/* at the end of the hop before, of this one */
	const struct nt_sighting *link; /* has the link addresses it came with; NULL */
	unsigned int nnat;
	const struct nt_nat *nat[NT_PATH_ARROWS - 1]; /* what was translated here */
};

/** nt_path_hop() - what namespace @i of a way did with the packet; false: there is none */
bool nt_path_hop(const struct nt_path *p, unsigned int i, struct nt_hop *h);

/** nt_path_passage() - is this hook passed in that namespace? */
enum nt_passage nt_path_passage(const struct nt_space *s, unsigned int hook);

/** nt_path_role_name() - "forwards" */
const char *nt_path_role_name(enum nt_path_role role);

/** nt_hook_decides() - what is decided at a hook, a sentence; "" for what is none */
const char *nt_hook_decides(unsigned int hook);

/* path_nat.c: find what the first (last) arrow was before (after) an address changed */
bool nt_path_nat_before(struct nt_path *p, const struct nt_model *m);
bool nt_path_nat_after(struct nt_path *p, const struct nt_model *m);

#endif /* NETTRACE_PATH_H */
