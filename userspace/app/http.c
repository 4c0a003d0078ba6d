// SPDX-License-Identifier: GPL-2.0-only
/*
 * http.c - request and status lines of HTTP/1.x, RFC 9112
 *
 * The line is what is told; it is complete up to " HTTP/1.1", or its end lies
 * behind what is there of it, and then its method has to be a known one.
 */
#include <string.h>

#include "app_priv.h"

#define METHOD_MAX     20
#define LINE_MAX_BYTES 8192

/* "HTTP/1.1": the version that ends a request line and begins a status line */
static bool version(const uint8_t *b, uint32_t n)
{
	return n >= 8 && !memcmp(b, "HTTP/", 5) && b[5] >= '0' && b[5] <= '9' && b[6] == '.' &&
	       b[7] >= '0' && b[7] <= '9';
}

static bool status_line(const uint8_t *b, uint32_t n)
{
	uint32_t i;

	if (n < 12 || !version(b, n) || b[8] != ' ')
		return false;
	for (i = 9; i < 12; i++)
		if (b[i] < '0' || b[i] > '9')
			return false;
	return n == 12 || b[12] == ' ';
}

static bool known_method(const uint8_t *b, uint32_t n)
{
	static const char *const known[] = { "GET",	"HEAD",	   "POST",  "PUT",   "DELETE",
					     "OPTIONS", "CONNECT", "TRACE", "PATCH", "PROPFIND" };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (n == strlen(known[i]) && !memcmp(b, known[i], n))
			return true;
	return false;
}

/* method, blank, target, blank, version */
static bool request_line(const uint8_t *b, uint32_t n, bool ended)
{
	uint32_t i;

	for (i = 0; i < n && i < METHOD_MAX && ((b[i] >= 'A' && b[i] <= 'Z') || b[i] == '-'); i++)
		;
	if (i < 3 || i + 2 > n || b[i] != ' ' || b[i + 1] == ' ')
		return false;
	if (!ended)
		return known_method(b, i) && n <= LINE_MAX_BYTES;
	return n >= i + 11 && b[n - 9] == ' ' && version(b + n - 8, 8);
}

bool nt_app_http(struct nt_app *out, const struct nt_app_in *in)
{
	bool ended;
	uint32_t n = nt_app_line(in->b, in->n, &ended);

	if (status_line(in->b, n))
		nt_app_begin(out, NT_APP_HTTP, NT_APP_RESPONSE);
	else if (request_line(in->b, n, ended))
		nt_app_begin(out, NT_APP_HTTP, NT_APP_REQUEST);
	else
		return false;
	nt_app_put(out, in->b, n);
	if (!ended)
		out->cut = true;
	return true;
}
