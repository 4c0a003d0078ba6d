// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_packet.c - which packet is meant: the lines above one that is opened
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "describe.h"
#include "i18n.h"
#include "render.h"

const struct nt_sighting *nt_packet_sighting(const struct nt_arrow *a)
{
	unsigned int i;

	/* the record that an arrow keeps is the sender's, or the first */
	for (i = 0; i < a->nsight && i < NT_SIGHTINGS_MAX; i++)
		if (a->sight[i].hook == a->pkt.hook)
			return &a->sight[i];
	return &a->sight[0];
}

void nt_render_packet_title(const struct nt_view *v, const struct nt_conv *c,
			    const struct nt_arrow *a)
{
	char text[64], from[NT_ADDR_TEXT], to[NT_ADDR_TEXT];
	struct nt_numbers num;
	struct nt_label label;
	struct nt_line l;
	int end = a->dir & 1, col;

	snprintf(text, sizeof(text),
		 c->proto == IPPROTO_TCP ? _("#%" PRIu32 " segment %" PRIu32) :
					   _("#%" PRIu32 " packet %" PRIu32),
		 c->id, a->n);
	nt_describe_end(from, sizeof(from), c, end);
	nt_describe_end(to, sizeof(to), c, !end);
	nt_line_start(&l, v->width, v->unicode);
	col = nt_line_put(&l, 0, v->width, text, NT_ROLE_TITLE);
	nt_numbers_of(&num, NT_NUMBERS_RELATIVE, c);
	nt_describe_arrow(&label, a, NT_MARKS_ALL, &num);
	nt_line_label(&l, col + 2, v->width, &label);
	nt_line_print(&l, v->out, v->color);
	nt_line_start(&l, v->width, v->unicode);
	col = nt_line_put(&l, 3, v->width, nt_end_name(c, end), end ? NT_ROLE_END1 : NT_ROLE_END0);
	col = nt_line_put(&l, col + 1, v->width, from, NT_ROLE_PLAIN);
	col = nt_line_put(&l, col + 1, v->width, "→", NT_ROLE_PLAIN);
	col = nt_line_put(&l, col + 1, v->width, nt_end_name(c, !end),
			  end ? NT_ROLE_END0 : NT_ROLE_END1);
	nt_line_put(&l, col + 1, v->width, to, NT_ROLE_PLAIN);
	nt_line_print(&l, v->out, v->color);
}
