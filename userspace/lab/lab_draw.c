// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_draw.c - a lab's network: its hosts, their links and addresses
 *
 *	client  eth0 10.0.1.2/24 ────── 10.0.1.1/24 eth0  router
 *	router  eth1 10.0.2.1/24 ────── 10.0.2.2/24 eth0  server
 */
#include <string.h>

#include "lab/lab_net.h"
#include "i18n.h"

#define GAP_MIN 5
#define GAP_MAX 15

static void repeat(FILE *out, const char *s, int n)
{
	while (n-- > 0)
		fputs(s, out);
}

static void addresses(char *buf, size_t size, const struct nt_lab_port *p)
{
	size_t len = 0;
	int i;

	*buf = '\0';
	for (i = 0; i < p->naddr && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s", i ? " " : "", p->addr[i]);
}

struct column {
	int host, text; /* widths */
};

static void measure(const struct nt_lab *lab, struct column col[2])
{
	char text[256];
	int i, k, n;

	memset(col, 0, 2 * sizeof(*col));
	for (i = 0; i < lab->nlink; i++)
		for (k = 0; k < 2; k++) {
			const struct nt_lab_port *p = &lab->link[i].end[k];

			addresses(text, sizeof(text), p);
			n = (int)(strlen(p->dev) + (*text ? 1 : 0) + strlen(text));
			if (n > col[k].text)
				col[k].text = n;
			n = (int)strlen(lab->host[p->host].name);
			if (n > col[k].host)
				col[k].host = n;
		}
}

static void draw_link(FILE *out, const struct nt_lab *lab, const struct nt_lab_link *l,
		      const struct column col[2], int gap, const char *line)
{
	char a[256], b[256];
	int na, nb;

	addresses(a, sizeof(a), &l->end[0]);
	addresses(b, sizeof(b), &l->end[1]);
	na = (int)(strlen(l->end[0].dev) + (*a ? 1 : 0) + strlen(a));
	nb = (int)(strlen(l->end[1].dev) + (*b ? 1 : 0) + strlen(b));
	fprintf(out, "  %-*s  %s%s%s ", col[0].host, lab->host[l->end[0].host].name, l->end[0].dev,
		*a ? " " : "", a);
	repeat(out, line, gap + col[0].text - na + col[1].text - nb);
	fprintf(out, " %s%s%s  %s\n", b, *b ? " " : "", l->end[1].dev,
		lab->host[l->end[1].host].name);
}

/* what is not seen from the links: who forwards, who is a switch, which routes */
static void draw_host(FILE *out, const struct nt_lab_host *h)
{
	int i;

	if (h->bridge)
		fprintf(out, _("  %s: a switch; its devices are ports of the bridge %s\n"), h->name,
			h->bridge);
	if (h->forward)
		fprintf(out, _("  %s: forwards packets\n"), h->name);
	for (i = 0; i < h->nroute; i++)
		fprintf(out, _("  %s: route %s\n"), h->name, h->route[i]);
}

void nt_lab_draw(FILE *out, const struct nt_lab *lab, int width, bool unicode)
{
	struct column col[2];
	int i, gap;

	measure(lab, col);
	gap = width - 2 - col[0].host - 2 - col[0].text - 2 - col[1].text - 2 - col[1].host;
	gap = gap < GAP_MIN ? GAP_MIN : gap > GAP_MAX ? GAP_MAX : gap;
	for (i = 0; i < lab->nlink; i++)
		draw_link(out, lab, &lab->link[i], col, gap, unicode ? "─" : "-");
	if (!lab->nlink)
		for (i = 0; i < lab->nhost; i++)
			fprintf(out, "  %s  lo 127.0.0.1/8\n", lab->host[i].name);
	for (i = 0; i < lab->nhost; i++)
		draw_host(out, &lab->host[i]);
}
