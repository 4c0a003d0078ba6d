// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_hops.c - below a packet's line: its hops; below a conversation's: its NAT;
 * behind a request for a link address: who waits
 */
#include <inttypes.h>

#include "describe.h"
#include "i18n.h"
#include "render.h"
#include "waiting.h"

static void hop_line(const struct nt_view *v, const struct nt_label *label)
{
	struct nt_line line;

	nt_line_start(&line, nt_view_width(v), v->unicode);
	nt_line_label(&line, NT_BELOW_COL, line.width, label);
	nt_line_print(&line, v->out, v->color);
}

void nt_line_hops(const struct nt_view *v, const struct nt_model *m, const struct nt_conv *c,
		  const struct nt_arrow *a)
{
	struct nt_label label;
	struct nt_path p;
	struct nt_hop h;
	char name[80];
	unsigned int i;

	nt_path_way(&p, m, c, a);
	for (i = 0; nt_path_hop(&p, i, &h); i++) {
		nt_describe_hop(&label, &p, &h, nt_view_netns(v, h.source, name, sizeof(name)));
		hop_line(v, &label);
	}
	if (nt_describe_left_out(&label, &p))
		hop_line(v, &label);
}

bool nt_line_nat(const struct nt_view *v, const struct nt_conv *c, int col)
{
	char text[NT_ADDR_TEXT + 200], name[80];
	struct nt_line line;
	bool any = false;
	int side;

	for (side = 0; side < 2; side++) {
		nt_view_in_netns(v, c->nat[side].source, name, sizeof(name));
		if (!nt_describe_nat(text, sizeof(text), c, side, name))
			continue;
		nt_line_start(&line, nt_view_width(v), v->unicode);
		nt_line_wrap(&line, col, col, text, *text == '~' ? NT_ROLE_INFERRED : NT_ROLE_PLAIN,
			     v->out, v->color);
		any = true;
	}
	return any;
}

void nt_label_waiting(struct nt_label *label, const struct nt_model *m, const struct nt_arp *arp)
{
	struct nt_waiting w[NT_WAITING_MAX];
	unsigned int n = nt_waiting_for(m, arp, w);

	if (n == 1)
		nt_label_add(label, 1, NT_ROLE_INFERRED, _("~#%" PRIu32 ".%" PRIu32 " waits"),
			     w[0].conv->id, w[0].arrow->n);
	else if (n)
		nt_label_add(label, 1, NT_ROLE_INFERRED,
			     _("~#%" PRIu32 ".%" PRIu32 " and %u more wait"), w[0].conv->id,
			     w[0].arrow->n, n - 1);
}
