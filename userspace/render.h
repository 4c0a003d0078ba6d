/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * render.h - the formats: one struct of functions, an instance for each
 *
 * Purpose:   commands decide what is shown, formats how.  A format knows the
 *            model and the layout, never a source or a socket.
 * Ownership: the view belongs to the command; formats keep nothing.
 * Errors:    output errors stay in the stream (ferror()); the command looks.
 *            Functions that return int give 0 or -ENOMEM.
 */
#ifndef NETTRACE_RENDER_H
#define NETTRACE_RENDER_H

#include <stdio.h>

#include "canvas.h"
#include "model.h"
#include "numbers.h"
#include "oui.h"
#include "path.h"
#include "services.h"

#define NT_VIEW_STREAMS 4096
#define NT_BELOW_COL	18 /* of lines: below what follows the time of day */

/* what a picture shows, and how */
struct nt_draw {
	enum nt_number_style numbers;
	bool deltas;	    /* time since the row before, not since the beginning */
	bool unfold;	    /* every row of a long data phase */
	bool options;	    /* window and options of each segment, below it */
	bool timers, calls; /* their rows */
	bool hops;	    /* below each packet: its way through the namespaces */
	bool explain;	    /* sentences below each of them */
};

struct nt_view {
	FILE *out;
	int error; /* errno of the first write that failed, else 0 */
	int width; /* columns; 0: as long as need be (lines only) */
	bool unicode;
	bool color;
	struct nt_draw draw;
	int64_t now;			    /* Unix ns up to which the trace goes; 0: not known */
	struct nt_services *services;	    /* NULL: ports have no names */
	struct nt_oui *oui;		    /* NULL: nothing is said of link addresses */
	const char *netns[NT_VIEW_STREAMS]; /* names of the streams; "" or NULL: none */
};

/* what `nettrace stats` tells of one namespace and of one reader of it */
struct nt_stat_line {
	const char *key;
	uint64_t value;
};

/* since tracing began: seen = recorded + filtered + unrecorded */
struct nt_stat_cpu {
	uint32_t cpu;
	uint64_t seen, recorded, filtered, unrecorded, overwritten;
};

struct nt_stats {
	const char *netns;
	const char *version; /* of the module */
	const struct nt_stat_line *module;
	size_t nmodule;
	const struct nt_stat_cpu *cpu;
	size_t ncpu;
	/* this reader: seen = delivered + filtered + lost */
	uint64_t seen, delivered, filtered, lost;
	const struct nt_model_stats *model;
};

struct nt_format {
	const char *name;
	/* a thing that happened, when it happened (follow) */
	void (*item)(const struct nt_view *v, const struct nt_model *m, const struct nt_item *item);
	/* one conversation, whole (timeline) */
	int (*conv)(const struct nt_view *v, const struct nt_model *m, const struct nt_conv *c);
	/* one conversation, with everything that is known of it (show) */
	int (*detail)(const struct nt_view *v, const struct nt_model *m, const struct nt_conv *c);
	/* a table of conversations (list); head: above the first one */
	void (*list_head)(const struct nt_view *v);
	void (*list)(const struct nt_view *v, const struct nt_conv *c);
	void (*arp)(const struct nt_view *v, const struct nt_model *m, const struct nt_arp *arp);
	void (*stats)(const struct nt_view *v, const struct nt_stats *s);
	/* one packet, opened (show --layers); @n: which ARP message */
	void (*layers)(const struct nt_view *v, const struct nt_conv *c, const struct nt_arrow *a);
	void (*layers_arp)(const struct nt_view *v, uint32_t n, const struct nt_arp *arp);
	/* one packet's way (path) */
	void (*path)(const struct nt_view *v, const struct nt_path *p);
	/* the steps of a conversation, told (explain); calls that failed and have none */
	int (*explain)(const struct nt_view *v, const struct nt_model *m, const struct nt_conv *c);
	void (*lone)(const struct nt_view *v, const struct nt_model *m);
};

extern const struct nt_format nt_format_ladder; /* render_ladder.c */
extern const struct nt_format nt_format_line;	/* render_line.c */
extern const struct nt_format nt_format_json;	/* render_json.c */

/* the columns of a line: a view without a width gets the widest */
static inline int nt_view_width(const struct nt_view *v)
{
	return v->width > 0 && v->width < NT_WIDTH_MAX ? v->width : NT_WIDTH_MAX;
}

/* the name of a stream's namespace, escaped into @buf; "" where it has none */
const char *nt_view_netns(const struct nt_view *v, unsigned int stream, char *buf, size_t size);

/* "netns client", and "netns 4026532306" of one without a name; "" as above */
const char *nt_view_in_netns(const struct nt_view *v, unsigned int stream, char *buf, size_t size);

/* render_packet.c: the lines above one packet, and the sighting that its record is of */
void nt_render_packet_title(const struct nt_view *v, const struct nt_conv *c,
			    const struct nt_arrow *a);
const struct nt_sighting *nt_packet_sighting(const struct nt_arrow *a);

/* render_layers.c: one packet, opened; @n: which of the ARP messages */
void nt_render_layers(const struct nt_view *v, const struct nt_conv *c, const struct nt_arrow *a);
void nt_render_layers_arp(const struct nt_view *v, uint32_t n, const struct nt_arp *arp);

/* render_hops.c */
void nt_line_hops(const struct nt_view *v, const struct nt_model *m, const struct nt_conv *c,
		  const struct nt_arrow *a);
/* false: no address of it was translated */
bool nt_line_nat(const struct nt_view *v, const struct nt_conv *c, int col);
/* render_ct.c: what conntrack has of it; @nat_only: where it translates something */
void nt_line_ct(const struct nt_view *v, const struct nt_conv *c, int col, bool nat_only);
/* the same of one namespace */
void nt_line_ct_of(const struct nt_view *v, const struct nt_conv *c, unsigned int source, int col);
/* who waits for the answer to that request */
void nt_label_waiting(struct nt_label *label, const struct nt_model *m, const struct nt_arp *arp);

/* render_path.c, render_json_path.c */
void nt_render_path(const struct nt_view *v, const struct nt_path *p);
void nt_json_path(const struct nt_view *v, const struct nt_path *p);

struct nt_told;

/* render_explain.c: a step's sentences, below what it is about, @indent columns in */
void nt_render_step(const struct nt_view *v, const struct nt_told *s, int indent);
int nt_render_explain(const struct nt_view *v, const struct nt_model *m, const struct nt_conv *c);
void nt_render_lone(const struct nt_view *v, const struct nt_model *m);

/* render_json_explain.c: the same as an object for each conversation */
int nt_json_explain(const struct nt_view *v, const struct nt_model *m, const struct nt_conv *c);
void nt_json_lone(const struct nt_view *v, const struct nt_model *m);

/* render_json_layers.c: the same as objects */
void nt_json_layers(const struct nt_view *v, const struct nt_conv *c, const struct nt_arrow *a);
void nt_json_layers_arp(const struct nt_view *v, uint32_t n, const struct nt_arp *arp);

/* the lines above a conversation's picture or detail (render_ladder.c) */
void nt_render_title(const struct nt_view *v, const struct nt_conv *c);

/* render_agree.c: a disagreement, and the account of all of them */
void nt_line_disagreement(const struct nt_view *v, const struct nt_disagreement *d);
void nt_line_agreement(const struct nt_view *v, const struct nt_model_stats *s);
void nt_json_disagreement(const struct nt_view *v, const struct nt_disagreement *d);
void nt_json_agreement_line(const struct nt_view *v, const struct nt_model_stats *s);

/* shared by the text formats (render_line.c, render_show.c) */
void nt_line_item(const struct nt_view *v, const struct nt_model *m, const struct nt_item *item);
int nt_line_conv(const struct nt_view *v, const struct nt_model *m, const struct nt_conv *c);
int nt_show_detail(const struct nt_view *v, const struct nt_model *m, const struct nt_conv *c);
/* render_route.c: below the line of a route */
void nt_show_route(const struct nt_view *v, const struct nt_route *r);
/* timers that run at v->now, a line each, at most @max lines; returns how many */
int nt_line_countdowns(const struct nt_view *v, const struct nt_model *m, int max);
void nt_list_head(const struct nt_view *v);
void nt_list_conv(const struct nt_view *v, const struct nt_conv *c);
/* @m: for who waits for the answer; NULL: that is not said */
void nt_line_arp(const struct nt_view *v, const struct nt_model *m, const struct nt_arp *arp);
void nt_line_stats(const struct nt_view *v, const struct nt_stats *s);

#endif /* NETTRACE_RENDER_H */
