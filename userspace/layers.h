/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layers.h - one packet, opened: its headers, their fields, and where they lie
 *
 * Purpose:   a record becomes a list of headers with byte ranges, each on its layer
 *            of the OSI and of the TCP/IP model.  What a record does not hold is
 *            listed as not recorded; nothing is made up.
 * Ownership: struct nt_layers is a value of the caller; names are static.
 * Language:  names and notes are of the sources, marked with N_(): who prints them for
 *            people looks them up.  Values are there in both.
 * Bytes:     counted from the link header where its addresses are recorded, else
 *            from the network header, for how long the link header was is not known.
 */
#ifndef NETTRACE_LAYERS_H
#define NETTRACE_LAYERS_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"

#define NT_LAYERS_MAX 6
#define NT_FIELDS_MAX 16
#define NT_FIELD_TEXT 160

enum nt_known {
	NT_KNOWN,      /* recorded, or it follows from what is */
	NT_CONCLUDED,  /* from what follows it: not read itself */
	NT_UNRECORDED, /* the record does not hold it */
};

enum nt_layer_type {
	NT_LAYER_ETHERNET,
	NT_LAYER_ARP,
	NT_LAYER_IPV4,
	NT_LAYER_IPV6,
	NT_LAYER_EXTENSION, /* IPv6's extension headers */
	NT_LAYER_ICMP,
	NT_LAYER_ICMPV6,
	NT_LAYER_TCP,
	NT_LAYER_UDP,
	NT_LAYER_TRANSPORT, /* another one */
	NT_LAYER_QUOTE,	    /* the packet that an ICMP error is about */
	NT_LAYER_DATA,
	NT_LAYER_MAX
};

struct nt_field {
	const char *name;
	int32_t first, last; /* bytes; -1: where is not known */
	enum nt_known known;
	char value[NT_FIELD_TEXT]; /* printable; empty: not recorded */
	char said[NT_FIELD_TEXT];  /* the same in the user's language */
	bool is_mac;		   /* a link address: whose it is can be told */
	uint8_t mac[6];
};

struct nt_layer {
	enum nt_layer_type type;
	const char *name;  /* "TCP"; the number's word of other protocols */
	uint8_t osi;	   /* 2 to 4; 7: 5 to 7 */
	const char *tcpip; /* "internet" */
	int32_t off, len;  /* bytes; -1: not known */
	const char *note;  /* a sentence, or NULL */
	unsigned int nfield;
	struct nt_field field[NT_FIELDS_MAX];
};

struct nt_layers {
	bool link;	/* byte 0 is the first of the Ethernet header */
	uint32_t bytes; /* from byte 0 on */
	uint32_t segs;	/* on the wire, as the kernel says; 1: this is it */
	unsigned int n;
	struct nt_layer layer[NT_LAYERS_MAX];
	char proto[24]; /* what a name may point to */
};

/** nt_layers_of() - open the packet of a record */
void nt_layers_of(struct nt_layers *l, const struct nettrace_packet *p);

/**
 * nt_layers_arrow() - open the packet of an arrow
 * Return: the sighting whose link header is shown: where the sender's own record
 * has none, of the first link that has; NULL: the record's own, or none.
 */
const struct nt_sighting *nt_layers_arrow(struct nt_layers *l, const struct nt_arrow *a);

/** nt_layers_arp() - open an ARP message */
void nt_layers_arp(struct nt_layers *l, const struct nt_arp *arp);

/** nt_osi_name() - "transport"; 1 to 7 */
const char *nt_osi_name(unsigned int layer);

/** nt_osi_range() - "4", "5-7" */
const char *nt_osi_range(unsigned int layer);

#endif /* NETTRACE_LAYERS_H */
