// SPDX-License-Identifier: GPL-2.0-only
/*
 * names_proto.c - numbers of protocols, as words
 *
 * IANA's registries: Assigned Internet Protocol Numbers, ICMP and ICMPv6
 * Parameters, IGMP Type Numbers.
 */
#include <netinet/in.h>
#include <stdio.h>

#include "names.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const char *const proto_name[256] = {
	[0] = "hopopt",
	[1] = "icmp",
	[2] = "igmp",
	[4] = "ipip",
	[5] = "st",
	[6] = "tcp",
	[8] = "egp",
	[9] = "igp",
	[12] = "pup",
	[17] = "udp",
	[22] = "idp",
	[27] = "rdp",
	[29] = "iso-tp4",
	[33] = "dccp",
	[36] = "xtp",
	[37] = "ddp",
	[41] = "ipv6",
	[43] = "ipv6-route",
	[44] = "ipv6-frag",
	[45] = "idrp",
	[46] = "rsvp",
	[47] = "gre",
	[50] = "esp",
	[51] = "ah",
	[57] = "skip",
	[58] = "icmpv6",
	[59] = "ipv6-nonxt",
	[60] = "ipv6-opts",
	[73] = "rspf",
	[81] = "vmtp",
	[88] = "eigrp",
	[89] = "ospf",
	[93] = "ax.25",
	[94] = "ipip-sun",
	[97] = "etherip",
	[98] = "encap",
	[99] = "private-encryption",
	[103] = "pim",
	[108] = "ipcomp",
	[112] = "vrrp",
	[115] = "l2tp",
	[124] = "isis",
	[132] = "sctp",
	[133] = "fc",
	[135] = "mobility",
	[136] = "udplite",
	[137] = "mpls",
	[138] = "manet",
	[139] = "hip",
	[140] = "shim6",
	[141] = "wesp",
	[142] = "rohc",
	[143] = "ethernet",
	[144] = "aggfrag",
	[145] = "nsh",
};

const char *nt_proto_name(unsigned int proto, char *buf, size_t size)
{
	if (proto < N(proto_name) && proto_name[proto])
		return proto_name[proto];
	snprintf(buf, size, "proto %u", proto);
	return buf;
}

/* one of a type's codes; NULL in the table: only what the type says */
static const char *coded(const char *const *table, size_t n, unsigned int code, const char *type)
{
	return code < n && table[code] ? table[code] : type;
}

static const char *icmp4(unsigned int type, unsigned int code)
{
	static const char *const unreachable[] = {
		"network unreachable",
		"host unreachable",
		"protocol unreachable",
		"port unreachable",
		"fragmentation needed",
		"source route failed",
		"network unknown",
		"host unknown",
		"source host isolated",
		"network administratively prohibited",
		"host administratively prohibited",
		"network unreachable for this service",
		"host unreachable for this service",
		"administratively prohibited",
		"host precedence violation",
		"precedence cutoff",
	};
	static const char *const redirect[] = {
		"network redirect",
		"host redirect",
		"network redirect for this service",
		"host redirect for this service",
	};
	static const char *const exceeded[] = { "TTL exceeded", "reassembly time exceeded" };
	static const char *const problem[] = { "parameter problem", "required option missing",
					       "bad length" };
	static const char *const name[] = {
		[0] = "echo reply",	      [3] = "destination unreachable",
		[4] = "source quench",	      [5] = "redirect",
		[8] = "echo request",	      [9] = "router advertisement",
		[10] = "router solicitation", [11] = "time exceeded",
		[12] = "parameter problem",   [13] = "timestamp request",
		[14] = "timestamp reply",     [15] = "information request",
		[16] = "information reply",   [17] = "address mask request",
		[18] = "address mask reply",  [30] = "traceroute",
		[40] = "security failure",    [42] = "extended echo request",
		[43] = "extended echo reply",
	};
	const char *word = type < N(name) ? name[type] : NULL;

	switch (type) {
	case 3:
		return coded(unreachable, N(unreachable), code, word);
	case 5:
		return coded(redirect, N(redirect), code, word);
	case 11:
		return coded(exceeded, N(exceeded), code, word);
	case 12:
		return coded(problem, N(problem), code, word);
	default:
		return word;
	}
}

static const char *icmp6_error(unsigned int type, unsigned int code)
{
	static const char *const unreachable[] = {
		"no route",
		"administratively prohibited",
		"beyond scope of source",
		"address unreachable",
		"port unreachable",
		"source address failed policy",
		"route rejected",
		"error in source routing header",
		"headers too long",
	};
	static const char *const exceeded[] = { "hop limit exceeded", "reassembly time exceeded" };
	static const char *const problem[] = { "parameter problem", "unknown next header",
					       "unknown option", "incomplete header chain",
					       "error in segment routing header" };

	switch (type) {
	case 1:
		return coded(unreachable, N(unreachable), code, "destination unreachable");
	case 2:
		return "packet too big";
	case 3:
		return coded(exceeded, N(exceeded), code, "time exceeded");
	case 4:
		return coded(problem, N(problem), code, "parameter problem");
	default:
		return NULL;
	}
}

static const char *icmp6(unsigned int type, unsigned int code)
{
	static const char *const name[] = {
		[128 - 128] = "echo request",
		[129 - 128] = "echo reply",
		[130 - 128] = "multicast listener query",
		[131 - 128] = "multicast listener report",
		[132 - 128] = "multicast listener done",
		[133 - 128] = "router solicitation",
		[134 - 128] = "router advertisement",
		[135 - 128] = "neighbour solicitation",
		[136 - 128] = "neighbour advertisement",
		[137 - 128] = "redirect",
		[138 - 128] = "router renumbering",
		[139 - 128] = "node information query",
		[140 - 128] = "node information reply",
		[141 - 128] = "inverse neighbour solicitation",
		[142 - 128] = "inverse neighbour advertisement",
		[143 - 128] = "multicast listener report v2",
		[144 - 128] = "home agent discovery request",
		[145 - 128] = "home agent discovery reply",
		[146 - 128] = "mobile prefix solicitation",
		[147 - 128] = "mobile prefix advertisement",
		[148 - 128] = "certification path solicitation",
		[149 - 128] = "certification path advertisement",
		[151 - 128] = "multicast router advertisement",
		[152 - 128] = "multicast router solicitation",
		[153 - 128] = "multicast router termination",
		[155 - 128] = "RPL control",
		[157 - 128] = "duplicate address request",
		[158 - 128] = "duplicate address confirmation",
		[160 - 128] = "extended echo request",
		[161 - 128] = "extended echo reply",
	};

	if (type < 128)
		return icmp6_error(type, code);
	return type - 128 < N(name) ? name[type - 128] : NULL;
}

static const char *igmp(unsigned int type)
{
	switch (type) {
	case 0x11:
		return "membership query";
	case 0x12:
		return "membership report v1";
	case 0x13:
		return "DVMRP";
	case 0x16:
		return "membership report v2";
	case 0x17:
		return "leave group";
	case 0x22:
		return "membership report v3";
	case 0x30:
		return "multicast router advertisement";
	case 0x31:
		return "multicast router solicitation";
	case 0x32:
		return "multicast router termination";
	default:
		return NULL;
	}
}

const char *nt_icmp_name(unsigned int proto, unsigned int type, unsigned int code, char *buf,
			 size_t size)
{
	const char *name = proto == IPPROTO_ICMPV6 ? icmp6(type, code) :
			   proto == IPPROTO_IGMP   ? igmp(type) :
						     icmp4(type, code);

	if (name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "type %u code %u", type, code);
	return buf;
}

const char *nt_icmp_word(unsigned int proto, unsigned int type, unsigned int code, char *buf,
			 size_t size)
{
	char *c;

	nt_icmp_name(proto, type, code, buf, size);
	for (c = buf; *c; c++) {
		if (*c == ' ')
			*c = '-';
		else if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	}
	return buf;
}
