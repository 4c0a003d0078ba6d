// SPDX-License-Identifier: GPL-2.0-only
/*
 * services.c - which service a port is for, by the system's own list
 *
 * getservent(3) reads it, so that it comes from where the system is told to look.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services.h"
#include "text.h"

#define PORTS	   65536
#define CLIENT_MAX 1024 /* a client's own port is of a service only below that */

/* an index into names for each port, 0: none */
struct nt_services {
	uint16_t of[2][PORTS]; /* TCP, UDP */
	char (*name)[NT_SERVICE_NAME];
	size_t n, cap;
};

struct nt_services *nt_services_new(void)
{
	return calloc(1, sizeof(struct nt_services));
}

void nt_services_free(struct nt_services *s)
{
	if (!s)
		return;
	free(s->name);
	free(s);
}

bool nt_services_add(struct nt_services *s, uint8_t proto, uint16_t port, const char *name)
{
	uint16_t *of = &s->of[proto == IPPROTO_UDP][port];
	char(*array)[NT_SERVICE_NAME];
	size_t n = strlen(name);

	if ((proto != IPPROTO_TCP && proto != IPPROTO_UDP) || !n || n >= NT_SERVICE_NAME || *of ||
	    s->n == NT_SERVICES_MAX)
		return false;
	if (s->n == s->cap) {
		array = reallocarray(s->name, s->cap ? s->cap * 2 : 512, sizeof(*array));
		if (!array)
			return false;
		s->name = array;
		s->cap = s->cap ? s->cap * 2 : 512;
	}
	memcpy(s->name[s->n], name, n + 1);
	*of = (uint16_t)++s->n;
	return true;
}

struct nt_services *nt_services_load(void)
{
	struct nt_services *s = nt_services_new();
	const struct servent *e;
	unsigned int i;

	if (!s)
		return NULL;
	setservent(1);
	for (i = 0; i < NT_SERVICES_MAX && (e = getservent()); i++) {
		uint8_t proto = !strcmp(e->s_proto, "tcp") ? IPPROTO_TCP :
				!strcmp(e->s_proto, "udp") ? IPPROTO_UDP :
							     0;

		nt_services_add(s, proto, ntohs((uint16_t)e->s_port), e->s_name);
	}
	endservent();
	return s;
}

const char *nt_service_name(const struct nt_services *s, uint8_t proto, uint16_t port)
{
	uint16_t at;

	if (!s || (proto != IPPROTO_TCP && proto != IPPROTO_UDP))
		return NULL;
	at = s->of[proto == IPPROTO_UDP][port];
	return at ? s->name[at - 1] : NULL;
}

/* the server's port; who is the server is itself a guess where no SYN was seen */
static const char *by_port(const struct nt_services *s, const struct nt_conv *c)
{
	const char *name = nt_service_name(s, c->proto, c->end[1].addr.port);
	bool roles = c->proto == IPPROTO_TCP && c->opened != NT_OPEN_MIDSTREAM;

	if (!name && !roles && c->end[0].addr.port < CLIENT_MAX)
		name = nt_service_name(s, c->proto, c->end[0].addr.port);
	return name;
}

struct nt_service nt_service_of(const struct nt_services *s, const struct nt_conv *c)
{
	const char *port = by_port(s, c);
	enum nt_app_proto means = port ? nt_app_of_service(port) : NT_APP_NONE;
	struct nt_service r = { .name = port };

	if (means == NT_APP_DNS || means == NT_APP_DHCP)
		r.name = nt_app_name(means); /* "domain", "bootps": as if the bytes had said it */
	if (!c->app) {
		/* they begin otherwise than all that this port stands for do */
		if (c->app_unlike && nt_app_begins_so(means)) {
			r.by_port = port;
			r.name = NULL;
		}
		return r;
	}
	r.name = nt_app_name(c->app);
	r.sure = true;
	if (port && means != c->app)
		r.by_port = port;
	return r;
}

char *nt_describe_service(char *buf, size_t size, const struct nt_services *s,
			  const struct nt_conv *c)
{
	struct nt_service r = nt_service_of(s, c);
	size_t n;

	*buf = '\0';
	if (!r.name)
		return buf;
	nt_text_escape(buf, size, r.name, NT_SERVICE_NAME);
	n = strlen(buf);
	if (!r.sure && n + 1 < size)
		memcpy(buf + n, "?", 2);
	return buf;
}
