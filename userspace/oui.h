/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oui.h - whose link address: the vendor by the system's own list, or what its bits say
 *
 * Purpose:   IEEE assigns the first 24, 28 or 36 bits of a link address (MA-L, MA-M,
 *            MA-S).  Systems have the list in one of several forms, or not at all.
 *            Two bits say the rest: multicast, and locally administered.
 * Ownership: nt_oui_free() frees what nt_oui_new() made.  The list is read when the
 *            first address is asked for.  One thread.
 * Honesty:   a vendor is who the prefix was assigned to.  Anybody can send with any
 *            address, so it says nothing about who has sent.
 * Errors:    a list that is not there, cannot be read or is damaged has fewer names,
 *            or none.  All is bounded: bytes, lines, names.
 */
#ifndef NETTRACE_OUI_H
#define NETTRACE_OUI_H

#include <stddef.h>
#include <stdint.h>

#define NT_VENDOR_NAME 48     /* bytes; longer ones are cut */
#define NT_OUI_MAX     262144 /* further prefixes are not read */

struct nt_oui;

/** nt_oui_new() - @path: the list to read, "": none; NULL: the system's own */
struct nt_oui *nt_oui_new(const char *path);
void nt_oui_free(struct nt_oui *o);

/**
 * nt_oui_vendor() - to whom the longest prefix of @mac that is listed was assigned
 * Return: a foreign name, to be escaped; NULL: not listed, or @o is NULL.
 */
const char *nt_oui_vendor(struct nt_oui *o, const uint8_t mac[6]);

enum nt_mac_kind {
	NT_MAC_GLOBAL,	  /* by its bits: of a vendor */
	NT_MAC_NONE,	  /* all zero: none */
	NT_MAC_LOCAL,	  /* locally administered: whoever runs the host chose it */
	NT_MAC_MULTICAST, /* of a group */
	NT_MAC_BROADCAST,
};

/** nt_mac_kind() - what the bits say */
enum nt_mac_kind nt_mac_kind(const uint8_t mac[6]);

/** nt_mac_kind_name() - "local", "multicast", "broadcast"; NULL: nothing to say */
const char *nt_mac_kind_name(enum nt_mac_kind kind);

#define NT_MAC_WORDS (NT_VENDOR_NAME * 4 + 32)

/**
 * nt_describe_mac_words() - "Xerox Corporation", "locally administered", "multicast"
 * @o:		NULL: nothing is said
 *
 * The name is escaped.  A few prefixes were assigned although their bit says that
 * they are locally administered: then both are said.
 */
char *nt_describe_mac_words(char *buf, size_t size, struct nt_oui *o, const uint8_t mac[6]);

#endif /* NETTRACE_OUI_H */
