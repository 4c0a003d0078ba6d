/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * services.h - which service a port is for, by the system's own list
 *
 * Purpose:   the names of services(5), read once.  That a port has a name is a
 *            convention: what talks there need not keep to it.
 * Ownership: nt_services_free() frees what nt_services_load() made.
 * Errors:    a system without the list, or short of memory, has no names.
 */
#ifndef NETTRACE_SERVICES_H
#define NETTRACE_SERVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

#define NT_SERVICE_NAME 24
#define NT_SERVICES_MAX 16384 /* further ones are not read */

struct nt_services;

/** nt_services_load() - NULL: there are none */
struct nt_services *nt_services_load(void);
void nt_services_free(struct nt_services *s);

/** nt_services_new() - an empty list; NULL: no memory */
struct nt_services *nt_services_new(void);
/** nt_services_add() - the first name of a port counts; false: it is not taken */
bool nt_services_add(struct nt_services *s, uint8_t proto, uint16_t port, const char *name);

/**
 * nt_service_name() - foreign: to be escaped
 * @s:		may be NULL
 * @proto:	IPPROTO_TCP or IPPROTO_UDP
 * Return: NULL: the port has no name.
 */
const char *nt_service_name(const struct nt_services *s, uint8_t proto, uint16_t port);

/*
 * What a conversation is for.  @sure: its bytes say so; else a guess, from the port.
 * @name is NULL where nothing is known.
 */
struct nt_service {
	const char *name;
	const char *by_port; /* what the port says, where the bytes say otherwise */
	bool sure;
};

struct nt_service nt_service_of(const struct nt_services *s, const struct nt_conv *c);

#define NT_SERVICE_TEXT (NT_SERVICE_NAME * 4 + 2)

/** nt_describe_service() - "http", by the port alone "http?", or "" */
char *nt_describe_service(char *buf, size_t size, const struct nt_services *s,
			  const struct nt_conv *c);

#endif /* NETTRACE_SERVICES_H */
