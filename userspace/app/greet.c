// SPDX-License-Identifier: GPL-2.0-only
/*
 * greet.c - what a server, or both ends, say first: SSH, FTP, SMTP, Telnet, MySQL
 */
#include <string.h>

#include "app_priv.h"

#define BANNER_MAX 255 /* RFC 4253, 4.2 */

/* is @word somewhere in the line, in capitals */
static bool has(const uint8_t *b, uint32_t n, const char *word)
{
	return memmem(b, n, word, strlen(word)) != NULL;
}

bool nt_app_ssh(struct nt_app *out, const struct nt_app_in *in)
{
	bool ended;
	uint32_t n = nt_app_line(in->b, in->n, &ended);

	if (n < 8 || n > BANNER_MAX || memcmp(in->b, "SSH-", 4) || in->b[4] < '1' ||
	    in->b[4] > '2' || in->b[5] != '.')
		return false;
	nt_app_begin(out, NT_APP_SSH, NT_APP_GREETING);
	nt_app_put(out, in->b, n);
	if (!ended)
		out->cut = true;
	return true;
}

/*
 * "220 ready", "220-", "421 not now", "554 never": FTP and SMTP greet alike.  The
 * greeting's own words tell which it is; where they do not, the port does.
 */
bool nt_app_reply(struct nt_app *out, const struct nt_app_in *in)
{
	bool ended, smtp, ftp, port;
	uint32_t n = nt_app_line(in->b, in->n, &ended);

	if (n < 4 || (in->b[3] != ' ' && in->b[3] != '-'))
		return false;
	if (memcmp(in->b, "220", 3) && memcmp(in->b, "421", 3) && memcmp(in->b, "554", 3))
		return false;
	smtp = has(in->b, n, "SMTP");
	ftp = has(in->b, n, "FTP");
	if (smtp == ftp) {
		port = in->sport == 25 || in->sport == 587;
		if (!port && in->sport != 21)
			return false;
		smtp = port;
	}
	nt_app_begin(out, smtp ? NT_APP_SMTP : NT_APP_FTP, NT_APP_GREETING);
	nt_app_put(out, in->b, n);
	if (!ended)
		out->cut = true;
	return true;
}

static void say_option(struct nt_app *out, uint8_t option)
{
	static const struct {
		uint8_t option;
		const char *name;
	} known[] = {
		{ 0, "BINARY" },	  { 1, "ECHO" },	   { 3, "SUPPRESS-GO-AHEAD" },
		{ 5, "STATUS" },	  { 24, "TERMINAL-TYPE" }, { 31, "WINDOW-SIZE" },
		{ 32, "TERMINAL-SPEED" }, { 33, "FLOW-CONTROL" },  { 34, "LINEMODE" },
		{ 35, "X-DISPLAY" },	  { 36, "OLD-ENVIRON" }, /* RFC 1408 */
		{ 37, "AUTHENTICATION" }, { 38, "ENCRYPT" },	   { 39, "NEW-ENVIRON" },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].option != option)
			continue;
		nt_app_say(out, known[i].name);
		return;
	}
	nt_app_number(out, option);
}

/*
 * IAC, WILL to DONT, option: one of them is enough on Telnet's port, and elsewhere
 * if there is nothing else in what an end says first.
 */
bool nt_app_telnet(struct nt_app *out, const struct nt_app_in *in)
{
	static const char *const verb[] = { "WILL ", "WONT ", "DO ", "DONT " };
	uint32_t i, told = 0;

	if (in->n < 3)
		return false;
	for (i = 0; i + 3 <= in->n; i += 3)
		if (in->b[i] != 255 || in->b[i + 1] < 251 || in->b[i + 1] == 255)
			break;
	if (!i || (!nt_on_port(in, 23) && (!in->start || i != in->len)))
		return false;
	nt_app_begin(out, NT_APP_TELNET, NT_APP_NEGOTIATION);
	for (; told < i; told += 3) {
		nt_app_say(out, told ? ", " : "");
		nt_app_say(out, verb[in->b[told + 1] - 251]);
		say_option(out, in->b[told + 2]);
	}
	return true;
}

/*
 * The server's first packet: three bytes of length (least first), number 0,
 * protocol 10, the version up to a NUL.
 */
bool nt_app_mysql(struct nt_app *out, const struct nt_app_in *in)
{
	const uint8_t *nul;
	uint32_t n, i;

	if (in->n < 12 || in->b[3] || in->b[4] != 10)
		return false;
	n = in->b[0] | (uint32_t)in->b[1] << 8 | (uint32_t)in->b[2] << 16;
	nul = memchr(in->b + 5, 0, in->n - 5);
	if (n + 4 != in->len || !nul || nul == in->b + 5 || nul - in->b > 64)
		return false;
	n = (uint32_t)(nul - in->b) - 5;
	for (i = 5; i < 5 + n; i++)
		if (in->b[i] < 0x20 || in->b[i] > 0x7e)
			return false;
	nt_app_begin(out, NT_APP_MYSQL, NT_APP_GREETING);
	nt_app_say(out, "server ");
	nt_app_put(out, in->b + 5, n);
	return true;
}
