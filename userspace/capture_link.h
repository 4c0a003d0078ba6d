/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_link.h - from a link layer's header to the network header
 *
 * Purpose:   what a captured frame carries, and where that begins.
 * Ownership: values.
 * Context:   pure functions, bounded time; reads no byte beyond @caplen.
 */
#ifndef NETTRACE_CAPTURE_LINK_H
#define NETTRACE_CAPTURE_LINK_H

#include <stdbool.h>
#include <stdint.h>

struct nt_link {
	uint16_t ethertype; /* 0: none that is known */
	uint16_t off;	    /* of the network header */
	bool mac;	    /* src and dst are known */
	uint32_t ifindex;   /* Linux cooked 2: of the device; else 0 */
	uint8_t src[6], dst[6];
};

/**
 * nt_link_known() - can frames of this type be read?
 * @link:	LINKTYPE_* of a file
 */
bool nt_link_known(uint32_t link);

/** nt_link_is_place() - are all its frames from one device? */
bool nt_link_is_place(uint32_t link);

/** nt_link_dlt() - what libpcap calls it inside a program (DLT_*) */
int nt_link_dlt(uint32_t link);

/**
 * nt_link_decode() - strip the link header
 * @link:	one that nt_link_known()
 * Return: false: the header is cut, or it carries nothing that has an EtherType.
 */
bool nt_link_decode(uint32_t link, const uint8_t *b, uint32_t caplen, struct nt_link *l);

#endif /* NETTRACE_CAPTURE_LINK_H */
