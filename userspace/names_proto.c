// SPDX-License-Identifier: GPL-2.0-only
/*
 * names_proto.c - numbers of protocols, as words
 *
 * IANA's registries: Assigned Internet Protocol Numbers, ICMP and ICMPv6
 * Parameters, IGMP Type Numbers.
 */
#include <netinet/in.h>
#include <stdio.h>

#include "i18n.h"
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
		N_("network unreachable"),
		N_("host unreachable"),
		N_("protocol unreachable"),
		N_("port unreachable"),
		N_("fragmentation needed"),
		N_("source route failed"),
		N_("network unknown"),
		N_("host unknown"),
		N_("source host isolated"),
		N_("network administratively prohibited"),
		N_("host administratively prohibited"),
		N_("network unreachable for this service"),
		N_("host unreachable for this service"),
		N_("administratively prohibited"),
		N_("host precedence violation"),
		N_("precedence cutoff"),
	};
	static const char *const redirect[] = {
		N_("network redirect"),
		N_("host redirect"),
		N_("network redirect for this service"),
		N_("host redirect for this service"),
	};
	static const char *const exceeded[] = { N_("TTL exceeded"),
						N_("reassembly time exceeded") };
	static const char *const problem[] = { N_("parameter problem"),
					       N_("required option missing"), N_("bad length") };
	static const char *const name[] = {
		[0] = N_("echo reply"),		  [3] = N_("destination unreachable"),
		[4] = N_("source quench"),	  [5] = N_("redirect"),
		[8] = N_("echo request"),	  [9] = N_("router advertisement"),
		[10] = N_("router solicitation"), [11] = N_("time exceeded"),
		[12] = N_("parameter problem"),	  [13] = N_("timestamp request"),
		[14] = N_("timestamp reply"),	  [15] = N_("information request"),
		[16] = N_("information reply"),	  [17] = N_("address mask request"),
		[18] = N_("address mask reply"),  [30] = N_("traceroute"),
		[40] = N_("security failure"),	  [42] = N_("extended echo request"),
		[43] = N_("extended echo reply"),
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
		N_("no route"),
		N_("administratively prohibited"),
		N_("beyond scope of source"),
		N_("address unreachable"),
		N_("port unreachable"),
		N_("source address failed policy"),
		N_("route rejected"),
		N_("error in source routing header"),
		N_("headers too long"),
	};
	static const char *const exceeded[] = { N_("hop limit exceeded"),
						N_("reassembly time exceeded") };
	static const char *const problem[] = { N_("parameter problem"), N_("unknown next header"),
					       N_("unknown option"), N_("incomplete header chain"),
					       N_("error in segment routing header") };

	switch (type) {
	case 1:
		return coded(unreachable, N(unreachable), code, N_("destination unreachable"));
	case 2:
		return N_("packet too big");
	case 3:
		return coded(exceeded, N(exceeded), code, N_("time exceeded"));
	case 4:
		return coded(problem, N(problem), code, N_("parameter problem"));
	default:
		return NULL;
	}
}

static const char *icmp6(unsigned int type, unsigned int code)
{
	static const char *const name[] = {
		[128 - 128] = N_("echo request"),
		[129 - 128] = N_("echo reply"),
		[130 - 128] = N_("multicast listener query"),
		[131 - 128] = N_("multicast listener report"),
		[132 - 128] = N_("multicast listener done"),
		[133 - 128] = N_("router solicitation"),
		[134 - 128] = N_("router advertisement"),
		[135 - 128] = N_("neighbour solicitation"),
		[136 - 128] = N_("neighbour advertisement"),
		[137 - 128] = N_("redirect"),
		[138 - 128] = N_("router renumbering"),
		[139 - 128] = N_("node information query"),
		[140 - 128] = N_("node information reply"),
		[141 - 128] = N_("inverse neighbour solicitation"),
		[142 - 128] = N_("inverse neighbour advertisement"),
		[143 - 128] = N_("multicast listener report v2"),
		[144 - 128] = N_("home agent discovery request"),
		[145 - 128] = N_("home agent discovery reply"),
		[146 - 128] = N_("mobile prefix solicitation"),
		[147 - 128] = N_("mobile prefix advertisement"),
		[148 - 128] = N_("certification path solicitation"),
		[149 - 128] = N_("certification path advertisement"),
		[151 - 128] = N_("multicast router advertisement"),
		[152 - 128] = N_("multicast router solicitation"),
		[153 - 128] = N_("multicast router termination"),
		[155 - 128] = N_("RPL control"),
		[157 - 128] = N_("duplicate address request"),
		[158 - 128] = N_("duplicate address confirmation"),
		[160 - 128] = N_("extended echo request"),
		[161 - 128] = N_("extended echo reply"),
	};

	if (type < 128)
		return icmp6_error(type, code);
	return type - 128 < N(name) ? name[type - 128] : NULL;
}

static const char *igmp(unsigned int type)
{
	switch (type) {
	case 0x11:
		return N_("membership query");
	case 0x12:
		return N_("membership report v1");
	case 0x13:
		return "DVMRP";
	case 0x16:
		return N_("membership report v2");
	case 0x17:
		return N_("leave group");
	case 0x22:
		return N_("membership report v3");
	case 0x30:
		return N_("multicast router advertisement");
	case 0x31:
		return N_("multicast router solicitation");
	case 0x32:
		return N_("multicast router termination");
	default:
		return NULL;
	}
}

/* NULL: no registry has it */
static const char *known(unsigned int proto, unsigned int type, unsigned int code)
{
	if (proto == IPPROTO_ICMPV6)
		return icmp6(type, code);
	return proto == IPPROTO_IGMP ? igmp(type) : icmp4(type, code);
}

const char *nt_icmp_text(unsigned int proto, unsigned int type, unsigned int code, char *buf,
			 size_t size)
{
	const char *name = known(proto, type, code);

	if (name)
		snprintf(buf, size, "%s", _(name));
	else
		snprintf(buf, size, _("type %u code %u"), type, code);
	return buf;
}

const char *nt_icmp_name(unsigned int proto, unsigned int type, unsigned int code, char *buf,
			 size_t size)
{
	const char *name = known(proto, type, code);

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
