// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_layers.c - one packet, opened: the models' layers, then each header
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "describe.h"
#include "i18n.h"
#include "layers.h"
#include "names.h"
#include "render.h"
#include "text.h"

#define BYTES_W	  10 /* "1034-1053" */
#define NAME_COL  12
#define VALUE_COL 30
#define TCPIP_COL 20
#define HERE_COL  33

static void line(const struct nt_view *v, int col, const char *text, enum nt_role role)
{
	struct nt_line l;

	nt_line_start(&l, v->width, v->unicode);
	nt_line_wrap(&l, col, col, text, role, v->out, v->color);
}

/* "34-73", "12", "34-?", "?" */
static char *range(char *buf, size_t size, int32_t first, int32_t last)
{
	if (first < 0)
		snprintf(buf, size, "?");
	else if (last < 0)
		snprintf(buf, size, "%" PRId32 "-?", first);
	else if (first == last)
		snprintf(buf, size, "%" PRId32, first);
	else
		snprintf(buf, size, "%" PRId32 "-%" PRId32, first, last);
	return buf;
}

/* a header of no byte has none to name */
static char *layer_range(char *buf, size_t size, const struct nt_layer *a)
{
	return range(buf, size, a->off, a->off < 0 || a->len <= 0 ? -1 : a->off + a->len - 1);
}

static void model_row(const struct nt_view *v, unsigned int osi, const char *tcpip,
		      const char *here, enum nt_role role)
{
	struct nt_line l;
	char n[4];

	nt_line_start(&l, v->width, v->unicode);
	if (osi) {
		snprintf(n, sizeof(n), "%u", osi);
		nt_line_put(&l, 3, v->width, n, NT_ROLE_PLAIN);
		nt_line_put(&l, 5, v->width, _(nt_osi_name(osi)), NT_ROLE_PLAIN);
	}
	if (tcpip)
		nt_line_put(&l, TCPIP_COL, v->width, _(tcpip), NT_ROLE_PLAIN);
	nt_line_wrap(&l, HERE_COL, HERE_COL, here, role, v->out, v->color);
}

/* the headers of one OSI layer, the upper first */
static void model_layer(const struct nt_view *v, const struct nt_layers *l, unsigned int osi,
			const char *tcpip)
{
	bool first = true;
	unsigned int i;

	for (i = l->n; i-- > 0;) {
		const struct nt_layer *a = &l->layer[i];
		char bytes[32], text[128];

		if (a->osi != osi)
			continue;
		snprintf(text, sizeof(text), _("%s, bytes %s"), _(a->name),
			 layer_range(bytes, sizeof(bytes), a));
		model_row(v, first ? osi : 0, first ? tcpip : NULL, text, NT_ROLE_TITLE);
		first = false;
	}
	if (!first)
		return;
	model_row(v, osi, tcpip,
		  osi == 2 ? _("not recorded") :
		  osi == 7 ? _("no data") :
			     _("none"),
		  NT_ROLE_DIM);
}

static void models(const struct nt_view *v, const struct nt_layers *l)
{
	struct nt_line head;

	nt_line_start(&head, v->width, v->unicode);
	nt_line_put(&head, 3, v->width, "OSI", NT_ROLE_DIM);
	nt_line_put(&head, TCPIP_COL, v->width, "TCP/IP", NT_ROLE_DIM);
	nt_line_put(&head, HERE_COL, v->width, _("this packet"), NT_ROLE_DIM);
	nt_line_print(&head, v->out, v->color);
	model_layer(v, l, 7, N_("application"));
	model_row(v, 6, "│", "", NT_ROLE_DIM);
	model_row(v, 5, "│", "", NT_ROLE_DIM);
	model_layer(v, l, 4, N_("transport"));
	model_layer(v, l, 3, N_("internet"));
	model_layer(v, l, 2, N_("link"));
	model_row(v, 1, "│", _("not recorded"), NT_ROLE_DIM);
}

static void field(const struct nt_view *v, const struct nt_field *f)
{
	char bytes[32], text[NT_FIELD_TEXT + NT_MAC_WORDS + 8], words[NT_MAC_WORDS];
	enum nt_role role = NT_ROLE_PLAIN;
	struct nt_line l;

	nt_line_start(&l, v->width, v->unicode);
	nt_line_right(&l, 0, BYTES_W, range(bytes, sizeof(bytes), f->first, f->last), NT_ROLE_TIME);
	nt_line_put(&l, NAME_COL, v->width, _(f->name), NT_ROLE_PLAIN);
	snprintf(text, sizeof(text), "%s%s", f->known == NT_CONCLUDED ? "~" : "", f->said);
	if (f->known == NT_UNRECORDED) {
		snprintf(text, sizeof(text), "%s", _("not recorded"));
		role = NT_ROLE_DIM;
	} else if (f->known == NT_CONCLUDED) {
		role = NT_ROLE_INFERRED;
	} else if (f->is_mac && *nt_describe_mac_words(words, sizeof(words), v->oui, f->mac)) {
		snprintf(text, sizeof(text), "%s [%s]", f->said, words);
	}
	nt_line_wrap(&l, VALUE_COL, VALUE_COL, text, role, v->out, v->color);
}

static void header(const struct nt_view *v, const struct nt_layer *a)
{
	char bytes[32], size[64], text[200];
	unsigned int i;
	struct nt_line l;

	if (a->len >= 0)
		snprintf(size, sizeof(size),
			 ngettext("%" PRId32 " byte", "%" PRId32 " bytes", (unsigned long)a->len),
			 a->len);
	else
		snprintf(size, sizeof(size), "%s", _("length not recorded"));
	fputc('\n', v->out);
	nt_line_start(&l, v->width, v->unicode);
	nt_line_right(&l, 0, BYTES_W, layer_range(bytes, sizeof(bytes), a), NT_ROLE_TIME);
	nt_line_put(&l, NAME_COL, v->width, _(a->name), NT_ROLE_TITLE);
	snprintf(text, sizeof(text), _("%s; OSI layer %s, TCP/IP %s"), size, nt_osi_range(a->osi),
		 _(a->tcpip));
	nt_line_wrap(&l, VALUE_COL, VALUE_COL, text, NT_ROLE_DIM, v->out, v->color);
	for (i = 0; i < a->nfield; i++)
		field(v, &a->field[i]);
	if (a->note)
		line(v, NAME_COL, _(a->note), NT_ROLE_DIM);
}

/* "LOCAL_OUT, eth0, netns client" */
static char *place(char *buf, size_t size, const struct nt_view *v, const struct nt_sighting *s)
{
	char dev[NETTRACE_NAME_LEN * NT_ESCAPE_MAX + 1], name[80];

	nt_text_escape(dev, sizeof(dev), s->dev, NETTRACE_NAME_LEN);
	nt_view_in_netns(v, s->source, name, sizeof(name));
	snprintf(buf, size, "%s%s%s%s%s", nt_hook_name(s->hook), *dev ? ", " : "", dev,
		 *name ? ", " : "", name);
	return buf;
}

static void counted(const struct nt_view *v, const struct nt_layers *l, const struct nt_sighting *s)
{
	char where[256], text[512];

	snprintf(text, sizeof(text),
		 l->link ? _("%" PRIu32 " bytes from its Ethernet header on, as sighted at %s") :
			   _("%" PRIu32 " bytes from its network header on, as sighted at %s"),
		 l->bytes, place(where, sizeof(where), v, s));
	line(v, 3, text, NT_ROLE_PLAIN);
	if (!l->link)
		line(v, 3,
		     _("The link header is not recorded: byte 0 is the network header's first."),
		     NT_ROLE_DIM);
	if (l->segs > 1) {
		snprintf(text, sizeof(text),
			 _("One packet here stands for %" PRIu32
			   " on the wire, each with its own headers."),
			 l->segs);
		line(v, 3, text, NT_ROLE_MARK);
	}
}

static void body(const struct nt_view *v, const struct nt_layers *l)
{
	unsigned int i;

	fputc('\n', v->out);
	models(v, l);
	for (i = 0; i < l->n; i++)
		header(v, &l->layer[i]);
}

void nt_render_layers(const struct nt_view *v, const struct nt_conv *c, const struct nt_arrow *a)
{
	const struct nt_sighting *link;
	struct nt_layers l;
	char where[256], text[512];

	link = nt_layers_arrow(&l, a);
	nt_render_packet_title(v, c, a);
	counted(v, &l, nt_packet_sighting(a));
	if (link) {
		snprintf(
			text, sizeof(text),
			_("Its sender's record has no link header yet. This one is of the link by which it came to %s"),
			place(where, sizeof(where), v, link));
		line(v, 3, text, NT_ROLE_DIM);
	}
	body(v, &l);
}

void nt_render_layers_arp(const struct nt_view *v, uint32_t n, const struct nt_arp *arp)
{
	struct nt_label label;
	struct nt_layers l;
	struct nt_line top;
	char text[64];
	int col;

	nt_layers_arp(&l, arp);
	snprintf(text, sizeof(text), _("ARP message %" PRIu32), n);
	nt_line_start(&top, v->width, v->unicode);
	col = nt_line_put(&top, 0, v->width, text, NT_ROLE_TITLE);
	nt_describe_arp(&label, arp, v->oui);
	nt_line_label(&top, col + 2, v->width, &label);
	nt_line_print(&top, v->out, v->color);
	counted(v, &l, &arp->sight[0]);
	body(v, &l);
}
