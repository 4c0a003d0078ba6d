/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * conntrack.h - ask the kernel's connection tracking for one entry
 *
 * Purpose:   ctnetlink: get by tuple, one question and one answer.  Where that finds
 *            nothing, a walk: the kernel looks through the whole table and tells of what
 *            has an end's address.  It is for entries of zones, which a question has to
 *            name, and for packets between two translations, whose addresses are in no
 *            tuple; it is not done where the table is long.
 * Ownership: nt_conntrack_close() frees; a message belongs to its caller.
 * Errors:    negative errno, with a sentence.
 * Context:   bytes (conntrack_msg.c) apart from sockets (conntrack.c).
 *
 * The kernel loads modules for who asks: opening a socket of netfilter's, and asking it
 * for a part that is not there.  So nt_conntrack_ready() comes first, and where it says
 * no, nothing is opened.
 */
#ifndef NETTRACE_CONNTRACK_H
#define NETTRACE_CONNTRACK_H

#include "model_ct.h"
#include "source.h"

/* where a kernel says what is loaded, and what is built in */
struct nt_conntrack_paths {
	const char *modules; /* "/sys/module" */
	const char *builtin; /* "/lib/modules/RELEASE/modules.builtin" */
};

/**
 * nt_conntrack_ready() - can the table be asked without anything being loaded?
 * @paths:	NULL: those of this machine
 * Return: NT_CT_FOUND: it can; NT_CT_NOT_LOADED, NT_CT_NO_NETLINK, or NT_CT_FAILED: that
 * cannot be told.  @err has the sentence.
 */
enum nt_ct_outcome nt_conntrack_ready(const struct nt_conntrack_paths *paths,
				      struct nt_error *err);

struct nt_conntrack;

/**
 * nt_conntrack_open() - the table of a namespace
 * @nsfd:	-1: our own
 */
int nt_conntrack_open(struct nt_conntrack **ct, int nsfd, struct nt_error *err);
void nt_conntrack_close(struct nt_conntrack *ct);

/**
 * nt_conntrack_get() - the entry that has @t as one of its two directions
 * Return: 0; -ENOENT: there is none, which is no error.
 */
int nt_conntrack_get(struct nt_conntrack *ct, const struct nt_ct_tuple *t, struct nt_ct *entry,
		     struct nt_error *err);

/* does an entry belong to what is looked for? */
typedef bool nt_conntrack_fits(const void *arg, const struct nt_ct *entry);

struct nt_ct_walk {
	unsigned int seen;  /* entries that came */
	unsigned int n;	    /* ... and fit; no entry counts twice */
	struct nt_ct entry; /* the first one */
};

#define NT_CONNTRACK_LONG     65536 /* entries, from which on a table is not walked */
#define NT_CONNTRACK_SEEN_MAX 4096  /* the filter has to leave out the others */

/**
 * nt_conntrack_walk() - entries of any zone whose one direction has @t's source
 * @reply:	which one
 * @w:		goes on from what it has
 * Return: 0, -EFBIG: the table is too long, or an errno; with a sentence.
 */
int nt_conntrack_walk(struct nt_conntrack *ct, const struct nt_ct_tuple *t, bool reply,
		      nt_conntrack_fits *fits, const void *arg, struct nt_ct_walk *w,
		      struct nt_error *err);

/** nt_conntrack_count() - how many entries a namespace has */
int nt_conntrack_count(struct nt_conntrack *ct, uint32_t *n, struct nt_error *err);

#define NT_CONNTRACK_REQUEST 512

/** nt_conntrack_put() - a request, @buf of NT_CONNTRACK_REQUEST; its length */
size_t nt_conntrack_put(void *buf, uint32_t seq, const struct nt_ct_tuple *t);

/**
 * nt_conntrack_take() - an answer to it
 * Return: 0: *entry is filled; -EAGAIN: it belongs to another request; -EBADMSG: it is
 * not what was asked for, or not understood; else what the kernel answers.
 */
int nt_conntrack_take(const void *buf, size_t len, uint32_t seq, const struct nt_ct_tuple *t,
		      struct nt_ct *entry);

/** nt_conntrack_put_walk() - a request for a walk; its length */
size_t nt_conntrack_put_walk(void *buf, uint32_t seq, const struct nt_ct_tuple *t, bool reply);

/**
 * nt_conntrack_take_walk() - a part of the answer to it: several messages
 * Return: 1: that was all; 0: there is more; -EFBIG: there is too much; else what the
 * kernel answers, or -EBADMSG.
 */
int nt_conntrack_take_walk(const void *buf, size_t len, uint32_t seq, nt_conntrack_fits *fits,
			   const void *arg, struct nt_ct_walk *w);

/** nt_conntrack_put_count(), nt_conntrack_take_count() - as nt_conntrack_put(), _take() */
size_t nt_conntrack_put_count(void *buf, uint32_t seq);
int nt_conntrack_take_count(const void *buf, size_t len, uint32_t seq, uint32_t *n);

#endif /* NETTRACE_CONNTRACK_H */
