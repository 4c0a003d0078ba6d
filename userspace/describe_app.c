// SPDX-License-Identifier: GPL-2.0-only
/*
 * describe_app.c - what a payload says, as text that is safe to show
 */
#include <string.h>

#include "describe.h"
#include "text.h"

#define RANK  (NT_RANK_EXTRA - 1) /* it goes before flags, marks, numbers and options do */
#define LEAST 8			  /* columns that say something */

char *nt_describe_app(char *buf, size_t size, const struct nt_app *app)
{
	size_t at = 0, used = 0, n;

	*buf = '\0';
	while (at < app->n && used + 1 < size) {
		nt_text_escape(buf + used, size - used, app->text + at, app->n - at);
		used += strlen(buf + used);
		n = strnlen(app->text + at, app->n - at);
		at += n;
		if (at == app->n || used + NT_ESCAPE_MAX >= size)
			break;
		memcpy(buf + used, "\\x00", NT_ESCAPE_MAX + 1);
		used += NT_ESCAPE_MAX;
		at++;
	}
	return buf;
}

/* is the text enough to know the protocol by? */
static bool names_itself(const struct nt_app *app)
{
	return app->proto == NT_APP_HTTP || app->proto == NT_APP_TLS || app->proto == NT_APP_SSH;
}

void nt_describe_app_piece(struct nt_label *label, const struct nt_app *app)
{
	bool bare = names_itself(app);
	char text[NT_APP_TEXT_SHOWN];

	nt_describe_app(text, sizeof(text), app);
	nt_label_add(label, RANK, NT_ROLE_APP, "%s%s%s%s", bare ? "" : nt_app_name(app->proto),
		     bare || !*text ? "" : " ", text, app->cut ? "…" : "");
	nt_label_cuttable(label, LEAST);
}
