// SPDX-License-Identifier: GPL-2.0-only
/*
 * names_route.c - numbers of routing tables, as words (ip-route(8) has the same)
 */
#include <linux/rtnetlink.h>
#include <stdio.h>

#include "names.h"

const char *nt_rt_table_name(uint32_t table, char *buf, size_t size)
{
	switch (table) {
	case RT_TABLE_DEFAULT:
		return "default";
	case RT_TABLE_MAIN:
		return "main";
	case RT_TABLE_LOCAL:
		return "local";
	}
	snprintf(buf, size, "%u", (unsigned int)table);
	return buf;
}

const char *nt_rt_proto_name(unsigned int proto, char *buf, size_t size)
{
	switch (proto) {
	case RTPROT_REDIRECT:
		return "redirect";
	case RTPROT_KERNEL:
		return "kernel";
	case RTPROT_BOOT:
		return "boot";
	case RTPROT_STATIC:
		return "static";
	case RTPROT_RA:
		return "ra";
	case RTPROT_DHCP:
		return "dhcp";
	}
	snprintf(buf, size, "%u", proto);
	return buf;
}

const char *nt_rt_scope_name(unsigned int scope, char *buf, size_t size)
{
	switch (scope) {
	case RT_SCOPE_UNIVERSE:
		return "global";
	case RT_SCOPE_SITE:
		return "site";
	case RT_SCOPE_LINK:
		return "link";
	case RT_SCOPE_HOST:
		return "host";
	case RT_SCOPE_NOWHERE:
		return "nowhere";
	}
	snprintf(buf, size, "%u", scope);
	return buf;
}

const char *nt_route_kind_name(unsigned int flags)
{
	if (flags & NETTRACE_RT_LOCAL)
		return "local";
	if (flags & NETTRACE_RT_BROADCAST)
		return "broadcast";
	if (flags & NETTRACE_RT_MULTICAST)
		return "multicast";
	return "unicast";
}
