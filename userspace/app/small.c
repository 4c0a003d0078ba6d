// SPDX-License-Identifier: GPL-2.0-only
/*
 * small.c - NTP and TFTP: few bytes that any datagram may have, so only on their
 * ports
 */
#include <string.h>

#include "app_priv.h"

/* RFC 5905, 7.3 */
bool nt_app_ntp(struct nt_app *out, const struct nt_app_in *in)
{
	static const char *const name[] = { "",	       "symmetric active", "symmetric passive",
					    "client",  "server",	   "broadcast",
					    "control", "private" };
	unsigned int mode, version;

	if (!nt_on_port(in, 123) || in->n < 4)
		return false;
	mode = in->b[0] & 7;
	version = in->b[0] >> 3 & 7;
	if (!mode || version < 1 || version > 4 || in->len < (mode < 6 ? 48 : 12))
		return false;
	nt_app_begin(out, NT_APP_NTP, mode == 2 || mode == 4 ? NT_APP_RESPONSE : NT_APP_REQUEST);
	nt_app_say(out, "v");
	nt_app_number(out, version);
	nt_app_say(out, " ");
	nt_app_say(out, name[mode]);
	if (mode != 4 && mode != 5)
		return true;
	if (in->b[1]) {
		nt_app_say(out, " stratum ");
		nt_app_number(out, in->b[1]);
	} else if (in->n >= 16) { /* a kiss of death: four letters say why */
		nt_app_say(out, " refuses: ");
		nt_app_put(out, in->b + 12, 4);
	}
	return true;
}

/* RFC 1350, 5: 1 reads, 2 writes; name, NUL, mode, NUL */
bool nt_app_tftp(struct nt_app *out, const struct nt_app_in *in)
{
	const uint8_t *nul;
	uint32_t n;

	if (in->dport != 69 || in->n < 4 || in->b[0] || in->b[1] < 1 || in->b[1] > 2)
		return false;
	nul = memchr(in->b + 2, 0, in->n - 2);
	if (!nul && in->n == in->len)
		return false;
	n = nul ? (uint32_t)(nul - in->b) - 2 : in->n - 2;
	if (!n)
		return false;
	nt_app_begin(out, NT_APP_TFTP, NT_APP_REQUEST);
	nt_app_say(out, in->b[1] == 1 ? "read " : "write ");
	nt_app_put(out, in->b + 2, n);
	if (!nul)
		out->cut = true;
	return true;
}
