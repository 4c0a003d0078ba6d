// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_file_net.c - hosts and links, as a lab file writes them
 *
 *	hosts:
 *	  router: {forward: true, sysctl: {net.ipv4.ip_default_ttl: 64}}
 *	links:
 *	  - [client eth0 10.0.1.2/24, router eth0 10.0.1.1/24]
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lab/lab_file.h"
#include "i18n.h"

static int find_host(const struct nt_lab *lab, const char *name)
{
	int i;

	for (i = 0; i < lab->nhost; i++)
		if (!strcmp(lab->host[i].name, name))
			return i;
	return -1;
}

int nt_lab_take_host_name(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	const char *name;
	int ret = nt_yaml_text(y, v, &name);

	if (ret)
		return ret;
	*(int *)to = find_host(y->lab, name);
	if (*(int *)to < 0)
		return nt_yaml_wrong(y, v, _("'hosts' has no '%s' (hosts come first in the file)"),
				     name);
	return 0;
}

/* of the network only: nothing else of the machine is the lab's */
static int take_sysctl_pair(struct nt_yaml *y, const char *key, yaml_node_t *v, void *to)
{
	struct nt_lab_host *h = to;

	if (strncmp(key, "net.", 4) || strchr(key, '/') || strstr(key, ".."))
		return nt_yaml_wrong(
			y, v,
			_("sysctl '%s' is not one of net.*, which a namespace has for itself"),
			key);
	h->sysctl[h->nsysctl].key = key;
	return nt_yaml_text(y, v, &h->sysctl[h->nsysctl++].value);
}

static int take_sysctl(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	return nt_yaml_pairs(y, v, NT_LAB_LIST_MAX, take_sysctl_pair, to);
}

static int take_route(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	struct nt_lab_host *h = to;

	return nt_yaml_text(y, v, &h->route[h->nroute++]);
}

static int take_routes(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	return nt_yaml_each(y, v, NT_LAB_LIST_MAX, take_route, to);
}

static int take_host(struct nt_yaml *y, const char *key, yaml_node_t *v, void *to)
{
	static const struct nt_yaml_key keys[] = {
		{ "forward", nt_yaml_bool, offsetof(struct nt_lab_host, forward), false },
		{ "bridge", nt_yaml_name, offsetof(struct nt_lab_host, bridge), false },
		{ "untraced", nt_yaml_bool, offsetof(struct nt_lab_host, untraced), false },
		{ "sysctl", take_sysctl, 0, false },
		{ "routes", take_routes, 0, false },
	};
	struct nt_lab *lab = to;
	struct nt_lab_host *h = &lab->host[lab->nhost++];
	size_t n = strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (!n || key[n] || n > 11 || *key == '-')
		return nt_yaml_wrong(
			y, v,
			_("'%s': a host's name has small letters, digits and '-', at most 11 of them"),
			key);
	h->name = key;
	h->line = nt_yaml_line(v);
	return nt_yaml_map(y, v, keys, sizeof(keys) / sizeof(*keys), h);
}

int nt_lab_take_hosts(struct nt_yaml *y, yaml_node_t *v, void *lab)
{
	(void)lab;
	return nt_yaml_pairs(y, v, NT_LAB_HOSTS_MAX, take_host, y->lab);
}

static bool is_address(const char *text)
{
	const char *slash = strchr(text, '/');
	unsigned char b[16];
	char ip[64], *end;
	long len;
	bool six;

	if (!slash || (size_t)(slash - text) >= sizeof(ip))
		return false;
	memcpy(ip, text, (size_t)(slash - text));
	ip[slash - text] = '\0';
	six = strchr(ip, ':') != NULL;
	len = strtol(slash + 1, &end, 10);
	return inet_pton(six ? AF_INET6 : AF_INET, ip, b) == 1 && slash[1] && !*end && len >= 0 &&
	       len <= (six ? 128 : 32);
}

static bool is_mac(const char *text)
{
	int i;

	for (i = 0; i < 17; i++)
		if (i % 3 == 2 ? text[i] != ':' : !text[i] || !strchr("0123456789abcdef", text[i]))
			return false;
	return !text[17];
}

static bool is_dev(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_");

	return n && !text[n] && n < 16 && *text != '-';
}

/* HOST DEVICE [MAC] [ADDRESS...] */
static int take_end(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	struct nt_lab_link *l = *(struct nt_lab_link **)to;
	struct nt_lab_port *p = &l->end[l->end[0].dev ? 1 : 0];
	struct nt_lab_words w = { .n = 0 };
	int i, ret = nt_yaml_words(y, v, &w);

	if (ret)
		return ret;
	if (l->end[1].dev)
		return nt_yaml_wrong(y, v, _("a link has two ends"));
	p->host = find_host(y->lab, w.word[0]);
	if (p->host < 0)
		return nt_yaml_wrong(y, v, _("'hosts' has no '%s' (hosts come first in the file)"),
				     w.word[0]);
	if (w.n < 2 || !is_dev(w.word[1]))
		return nt_yaml_wrong(
			y, v, _("an end of a link is: HOST DEVICE [MAC] [ADDRESS/LENGTH...]"));
	p->dev = w.word[1];
	for (i = 2; i < w.n; i++) {
		if (is_mac(w.word[i]))
			p->mac = w.word[i];
		else if (!is_address(w.word[i]))
			return nt_yaml_wrong(y, v,
					     _("'%s' is neither ADDRESS/LENGTH nor a MAC address"),
					     w.word[i]);
		else if (p->naddr == NT_LAB_ADDRS_MAX)
			return nt_yaml_wrong(y, v, _("more than %d addresses"), NT_LAB_ADDRS_MAX);
		else
			p->addr[p->naddr++] = w.word[i];
	}
	return 0;
}

static int take_link(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	struct nt_lab *lab = to;
	struct nt_lab_link *l = &lab->link[lab->nlink++];
	int ret;

	l->line = nt_yaml_line(v);
	ret = nt_yaml_each(y, v, 2, take_end, &l);
	if (!ret && !l->end[1].dev)
		ret = nt_yaml_wrong(y, v, _("a link has two ends"));
	return ret;
}

int nt_lab_take_links(struct nt_yaml *y, yaml_node_t *v, void *lab)
{
	(void)lab;
	return nt_yaml_each(y, v, NT_LAB_LINKS_MAX, take_link, y->lab);
}
