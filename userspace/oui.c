// SPDX-License-Identifier: GPL-2.0-only
/*
 * oui.c - whose link address: see oui.h
 *
 * oui_line.c knows the forms in which systems have the list.  A line that is none of
 * these, or damaged, is passed over.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"
#include "oui.h"
#include "oui_priv.h"
#include "text.h"

#define LINE_MAX_BYTES 1024
#define FILE_MAX_BYTES (64L << 20)

/* what a divided block is listed as where those who have its parts are in another list */
#define DIVIDED	       "IEEE Registration Authority"

struct prefix {
	uint64_t bits; /* right-aligned */
	uint32_t name; /* where in names */
	uint32_t order;
	uint8_t len;
};

struct nt_oui {
	char *path; /* NULL: the system's own */
	bool loaded;
	struct prefix *prefix;
	size_t n, cap;
	char *names;
	size_t used, room;
};

/* the first folder or file of which something can be read is the list */
static const char *const places[][4] = {
	{ "/var/lib/ieee-data/oui.csv", "/var/lib/ieee-data/mam.csv",
	  "/var/lib/ieee-data/oui36.csv", "/var/lib/ieee-data/iab.csv" },
	{ "/var/lib/ieee-data/oui.txt", "/var/lib/ieee-data/mam.txt",
	  "/var/lib/ieee-data/oui36.txt", "/var/lib/ieee-data/iab.txt" },
	{ "/usr/share/ieee-data/oui.csv", "/usr/share/ieee-data/mam.csv",
	  "/usr/share/ieee-data/oui36.csv", "/usr/share/ieee-data/iab.csv" },
	{ "/usr/share/ieee-data/oui.txt", "/usr/share/ieee-data/mam.txt",
	  "/usr/share/ieee-data/oui36.txt", "/usr/share/ieee-data/iab.txt" },
	{ "/usr/share/wireshark/manuf" },
	{ "/usr/share/hwdata/oui.txt", "/usr/share/hwdata/iab.txt" },
	{ "/usr/lib/udev/hwdb.d/20-OUI.hwdb" },
	{ "/lib/udev/hwdb.d/20-OUI.hwdb" },
};

struct nt_oui *nt_oui_new(const char *path)
{
	struct nt_oui *o = calloc(1, sizeof(*o));

	if (!o || !path)
		return o;
	o->path = strdup(path);
	if (o->path)
		return o;
	free(o);
	return NULL;
}

void nt_oui_free(struct nt_oui *o)
{
	if (!o)
		return;
	free(o->path);
	free(o->prefix);
	free(o->names);
	free(o);
}

static void *grown(void *array, size_t *cap, size_t need, size_t size)
{
	size_t more = *cap ? *cap : 1024;
	void *new;

	if (need <= *cap)
		return array;
	while (more < need)
		more *= 2;
	new = reallocarray(array, more, size);
	if (new)
		*cap = more;
	return new;
}

/* without blanks around it, and cut between characters */
static size_t trim(const char **name, size_t len)
{
	while (len && isspace((unsigned char)**name)) {
		(*name)++;
		len--;
	}
	while (len && isspace((unsigned char)(*name)[len - 1]))
		len--;
	if (len < NT_VENDOR_NAME)
		return len;
	len = NT_VENDOR_NAME - 1;
	while (len && ((*name)[len] & 0xc0) == 0x80)
		len--;
	return len;
}

static void add(struct nt_oui *o, uint64_t bits, unsigned int len, const char *name, size_t size)
{
	struct prefix *array;
	char *names;

	size = trim(&name, size);
	if (!size || o->n == NT_OUI_MAX ||
	    (size == strlen(DIVIDED) && !memcmp(name, DIVIDED, size)))
		return;
	array = grown(o->prefix, &o->cap, o->n + 1, sizeof(*array));
	if (!array)
		return;
	o->prefix = array;
	names = grown(o->names, &o->room, o->used + size + 1, 1);
	if (!names)
		return;
	o->names = names;
	memcpy(names + o->used, name, size);
	names[o->used + size] = '\0';
	o->prefix[o->n] = (struct prefix){
		.bits = bits,
		.len = (uint8_t)len,
		.name = (uint32_t)o->used,
		.order = (uint32_t)o->n,
	};
	o->n++;
	o->used += size + 1;
}

/* regular files only: nothing that could make us wait */
static FILE *open_list(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	FILE *f;

	if (fd < 0)
		return NULL;
	f = !fstat(fd, &st) && S_ISREG(st.st_mode) ? fdopen(fd, "r") : NULL;
	if (!f)
		close(fd);
	return f;
}

static void read_list(struct nt_oui *o, const char *path)
{
	struct nt_oui_line l = { .base = UINT64_MAX };
	char line[LINE_MAX_BYTES];
	FILE *f = open_list(path);
	bool begun = false;
	long bytes = 0;

	if (!f)
		return;
	while (bytes < FILE_MAX_BYTES && fgets(line, sizeof(line), f)) {
		size_t n = strlen(line);
		bool whole = n && line[n - 1] == '\n';

		bytes += n ? (long)n : 1;
		/* of a line that is too long the beginning has the name */
		if (!begun && nt_oui_read(&l, line))
			add(o, l.bits, l.len, l.name, l.size);
		begun = !whole;
	}
	fclose(f);
}

static int by_prefix(const void *a, const void *b)
{
	const struct prefix *x = a, *y = b;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	if (x->bits != y->bits)
		return x->bits < y->bits ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void load(struct nt_oui *o)
{
	size_t i, k;

	o->loaded = true;
	if (o->path)
		read_list(o, o->path);
	for (i = 0; !o->path && !o->n && i < sizeof(places) / sizeof(places[0]); i++)
		for (k = 0; k < 4 && places[i][k]; k++)
			read_list(o, places[i][k]);
	if (o->n)
		qsort(o->prefix, o->n, sizeof(*o->prefix), by_prefix);
}

/* the first of that prefix */
static const char *find(const struct nt_oui *o, uint64_t bits, unsigned int len)
{
	size_t lo = 0, hi = o->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct prefix *p = &o->prefix[mid];

		if (p->len < len || (p->len == len && p->bits < bits))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == o->n || o->prefix[lo].len != len || o->prefix[lo].bits != bits)
		return NULL;
	return o->names + o->prefix[lo].name;
}

const char *nt_oui_vendor(struct nt_oui *o, const uint8_t mac[6])
{
	static const unsigned int len[] = { 36, 28, 24 };
	const char *name = NULL;
	uint64_t bits = 0;
	size_t i;

	if (!o)
		return NULL;
	if (!o->loaded)
		load(o);
	for (i = 0; i < 6; i++)
		bits = bits << 8 | mac[i];
	for (i = 0; !name && i < sizeof(len) / sizeof(len[0]); i++)
		name = find(o, bits >> (48 - len[i]), len[i]);
	return name;
}

enum nt_mac_kind nt_mac_kind(const uint8_t mac[6])
{
	static const uint8_t none[6], all[6] = { 255, 255, 255, 255, 255, 255 };

	if (!memcmp(mac, none, sizeof(none)))
		return NT_MAC_NONE;
	if (!memcmp(mac, all, sizeof(all)))
		return NT_MAC_BROADCAST;
	if (mac[0] & 1)
		return NT_MAC_MULTICAST;
	return mac[0] & 2 ? NT_MAC_LOCAL : NT_MAC_GLOBAL;
}

const char *nt_mac_kind_name(enum nt_mac_kind kind)
{
	switch (kind) {
	case NT_MAC_LOCAL:
		return "local";
	case NT_MAC_MULTICAST:
		return N_("multicast");
	case NT_MAC_BROADCAST:
		return N_("broadcast");
	default:
		return NULL;
	}
}

char *nt_describe_mac_words(char *buf, size_t size, struct nt_oui *o, const uint8_t mac[6])
{
	enum nt_mac_kind kind = nt_mac_kind(mac);
	char name[NT_VENDOR_NAME * NT_ESCAPE_MAX + 1] = "";
	const char *vendor = NULL;

	*buf = '\0';
	if (!o || kind == NT_MAC_NONE)
		return buf;
	if (kind == NT_MAC_LOCAL || kind == NT_MAC_GLOBAL)
		vendor = nt_oui_vendor(o, mac);
	if (vendor)
		nt_text_escape(name, sizeof(name), vendor, NT_VENDOR_NAME);
	if (kind == NT_MAC_LOCAL)
		snprintf(buf, size, "%s%s%s", name, vendor ? ", " : "", _("locally administered"));
	else
		snprintf(buf, size, "%s",
			 vendor		       ? name :
			 kind == NT_MAC_GLOBAL ? "" :
						 _(nt_mac_kind_name(kind)));
	return buf;
}
