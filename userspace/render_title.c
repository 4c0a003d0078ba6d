// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_title.c - who talked: the lines above a picture
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>

#include "describe.h"
#include "i18n.h"
#include "render.h"
#include "text.h"

const char *nt_view_netns(const struct nt_view *v, unsigned int stream, char *buf, size_t size)
{
	*buf = '\0';
	if (stream < NT_VIEW_STREAMS && v->netns[stream])
		nt_text_escape(buf, size, v->netns[stream], SIZE_MAX / 2);
	return buf;
}

const char *nt_view_in_netns(const struct nt_view *v, unsigned int stream, char *buf, size_t size)
{
	static const char word[] = "netns ";
	size_t n = sizeof(word) - 1;

	*buf = '\0';
	if (size <= n || !*nt_view_netns(v, stream, buf + n, size - n))
		return buf;
	memcpy(buf, word, n);
	/* "netns:INODE" says it already */
	if (!strncmp(buf + n, "netns:", n))
		memmove(buf + n, buf + 2 * n, strlen(buf + 2 * n) + 1);
	return buf;
}

/* ": dropped, NETFILTER_DROP", ": ~accept queue full" */
static const char *why_unanswered(const struct nt_conv *c, char *buf, size_t size)
{
	const char *mark = c->failed_basis == NT_INFERRED ? "~" : "";

	*buf = '\0';
	if (c->failed == NT_FAILED_DROPPED && c->failed_reason)
		snprintf(buf, size, _(": dropped, %s"), c->failed_reason);
	else if (c->failed == NT_FAILED_DROPPED)
		snprintf(buf, size, "%s", _(": dropped"));
	else if (c->failed == NT_FAILED_ACCEPT_FULL)
		snprintf(buf, size, _(": %saccept queue full"), mark);
	else if (c->failed == NT_FAILED_REQUEST_FULL)
		snprintf(buf, size, _(": %shalf-open queue full"), mark);
	else if (c->failed == NT_FAILED_NO_LISTENER)
		snprintf(buf, size, "%s", _(": nobody listens"));
	return buf;
}

/* how it began and how it ended, in a few words */
static void how(char *buf, size_t size, const struct nt_conv *c)
{
	char closed[64], why[96];

	nt_describe_closed(closed, sizeof(closed), c);
	switch (c->opened) {
	case NT_OPEN_HANDSHAKE:
		snprintf(buf, size,
			 nt_conv_halfway(c) ? _("half a handshake, %s") : _("handshake, %s"),
			 closed);
		break;
	case NT_OPEN_SIMULTANEOUS:
		snprintf(buf, size, _("simultaneous open, %s"), closed);
		break;
	case NT_OPEN_MIDSTREAM:
		snprintf(buf, size, _("began before the trace, %s"), closed);
		break;
	case NT_OPEN_REFUSED:
		snprintf(buf, size, "%s%s", _("refused (RST)"),
			 c->failed == NT_FAILED_NO_LISTENER ? _(": nobody listens") : "");
		break;
	default:
		snprintf(buf, size, "%s%s%s", _("unanswered"), why_unanswered(c, why, sizeof(why)),
			 c->closed == NT_CLOSE_OPEN ? "" : _(", given up (time-out)"));
	}
}

static void first_line(const struct nt_view *v, const struct nt_conv *c)
{
	char id[16], text[128], when[48], service[NT_SERVICE_TEXT];
	time_t sec = (time_t)(c->t0 / 1000000000);
	struct nt_line line;
	struct tm tm;
	int col;

	nt_line_start(&line, v->width, v->unicode);
	snprintf(id, sizeof(id), "#%" PRIu32, c->id);
	col = nt_line_put(&line, 0, v->width, id, NT_ROLE_TITLE);
	col = nt_line_put(&line, col + 1, v->width, nt_describe_proto(text, sizeof(text), c->proto),
			  NT_ROLE_TITLE);
	if (*nt_describe_service(service, sizeof(service), v->services, c))
		col = nt_line_put(&line, col + 1, v->width, service, NT_ROLE_APP);
	if (c->proto == IPPROTO_TCP)
		how(text, sizeof(text), c);
	else
		nt_describe_opened(text, sizeof(text), c);
	col = nt_line_put(&line, col + 2, v->width, text, NT_ROLE_TITLE);
	if (localtime_r(&sec, &tm)) {
		int n = (int)strftime(text, 32, "%Y-%m-%d %H:%M:%S", &tm);

		snprintf(when, sizeof(when), "%.*s.%06d", n, text,
			 (int)(c->t0 % 1000000000 / 1000));
		if (col + 2 + (int)strlen(when) <= v->width)
			nt_line_right(&line, col + 2, v->width, when, NT_ROLE_TIME);
	}
	nt_line_print(&line, v->out, v->color);
}

/* who and where; columns of both ends' lines agree */
static void describe_end(struct nt_label *label, const struct nt_view *v, const struct nt_conv *c,
			 int k, int owner_width)
{
	const struct nt_end *e = &c->end[k];
	char owner[NT_OWNER_TEXT], name[80];

	nt_describe_owner(owner, sizeof(owner), e->comm, e->pid);
	nt_label_start(label);
	if (owner_width)
		nt_label_add(label, 1, NT_ROLE_CAUSE, "%s%*s", owner,
			     owner_width - nt_text_width(owner, v->unicode), "");
	if (e->retransmissions)
		nt_label_add(label, 2, NT_ROLE_MARK,
			     ngettext(" %" PRIu32 " retransmission", " %" PRIu32 " retransmissions",
				      e->retransmissions),
			     e->retransmissions);
	if (e->source >= 0 && *nt_view_in_netns(v, (unsigned int)e->source, name, sizeof(name)))
		nt_label_add(label, 3, NT_ROLE_PLAIN, " %s", name);
	nt_label_add(label, NT_RANK_EXTRA, NT_ROLE_PLAIN,
		     c->proto == IPPROTO_TCP ?
			     ngettext(" sent %" PRIu32 " segment, %" PRIu64 " B",
				      " sent %" PRIu32 " segments, %" PRIu64 " B", e->arrows) :
			     ngettext(" sent %" PRIu32 " packet, %" PRIu64 " B",
				      " sent %" PRIu32 " packets, %" PRIu64 " B", e->arrows),
		     e->arrows, e->bytes);
}

void nt_render_title(const struct nt_view *v, const struct nt_conv *c)
{
	char addr[2][NT_ADDR_TEXT], owner[NT_OWNER_TEXT];
	struct nt_label label;
	struct nt_line line;
	int k, n, col, w = 0, owner_width = 0;

	first_line(v, c);
	for (k = 0; k < 2; k++) {
		nt_describe_end(addr[k], sizeof(addr[k]), c, k);
		if ((int)strlen(addr[k]) > w)
			w = (int)strlen(addr[k]);
		nt_describe_owner(owner, sizeof(owner), c->end[k].comm, c->end[k].pid);
		n = nt_text_width(owner, v->unicode);
		if (n > owner_width)
			owner_width = n;
	}
	for (k = 0; k < 2; k++) {
		describe_end(&label, v, c, k, owner_width);
		nt_line_start(&line, v->width, v->unicode);
		col = nt_line_put(&line, 3, v->width, nt_end_name(c, k),
				  k ? NT_ROLE_END1 : NT_ROLE_END0);
		col = nt_line_put(&line, col + 2, v->width, addr[k], NT_ROLE_PLAIN) + w -
		      (int)strlen(addr[k]);
		nt_line_label(&line, col + 2, v->width, &label);
		nt_line_print(&line, v->out, v->color);
	}
	nt_line_nat(v, c, 3);
	nt_line_ct(v, c, 3, false);
}
