// SPDX-License-Identifier: GPL-2.0-only
/*
 * nlsearch.c - what must not be in anything that comes; see nlans.h
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <elf.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nlans.h"

#define AREAS  64
#define IN_USE (16ull << 30)

/*
 * No number below is known for an address.  s390x has a space for the kernel alone, that
 * begins with all memory at 0, and what it has for vmalloc looks like attributes' heads: of
 * that only modules are looked for.  Elsewhere the upper half is the kernel's.
 */
#ifdef __s390x__
#define KERNEL_FROM (0x3ffull << 32)
#else
#define KERNEL_FROM (1ull << 63)
#endif

static char complaint[256];

#define COMPLAIN(...) (snprintf(complaint, sizeof(complaint), __VA_ARGS__), complaint)

/* where the kernel has memory, as /proc/kcore says: direct map, vmalloc, text, modules */
static struct {
	uint64_t from, to;
} area[AREAS];
static unsigned int areas;

int nl_know_kernel(void)
{
	FILE *f = fopen("/proc/kcore", "re");
	Elf64_Phdr p;
	Elf64_Ehdr e;
	unsigned int i;

	if (!f)
		return -errno;
	areas = 0;
	if (fread(&e, sizeof(e), 1, f) != 1 || fseek(f, (long)e.e_phoff, SEEK_SET))
		e.e_phnum = 0;
	for (i = 0; i < e.e_phnum && areas < AREAS && fread(&p, sizeof(p), 1, f) == 1; i++) {
		if (p.p_type != PT_LOAD)
			continue;
		area[areas].from = p.p_vaddr;
		/* of the petabytes for vmalloc the beginning is in use */
		area[areas++].to = p.p_vaddr + (p.p_memsz < IN_USE ? p.p_memsz : IN_USE);
	}
	fclose(f);
	return areas ? 0 : -ENOENT;
}

bool nl_like_pointer(uint64_t v)
{
	unsigned int i;

	for (i = 0; i < areas && v >= KERNEL_FROM; i++)
		if (v >= area[i].from && v < area[i].to)
			return true;
	return false;
}

/* slub's poison, with slub_debug=P: allocated, and never written or already freed */
static bool like_poison(uint64_t v)
{
	return v == 0x5a5a5a5a5a5a5a5aull || v == 0x6b6b6b6b6b6b6b6bull;
}

static const char *search_planted(const unsigned char *p, size_t len)
{
	/* 8 bytes: an address with what is around it in records, or as an attribute */
	unsigned char addr4[8] = "", nla4[8], addr6[16], port[8];
	static const char *const names[] = { PLANTED_COMM, PLANTED_DEV };
	static const char *const sets[] = { "socket", "transition" };
	static const char *const ends[] = { "local", "remote" };
	struct nlattr head = { .nla_len = 8 };
	uint32_t number = PLANTED_PORT;
	size_t i, s;

	for (i = 0; i < 2; i++)
		if (memmem(p, len, names[i], strlen(names[i])))
			return COMPLAIN("the name %s of another namespace", names[i]);
	inet_pton(AF_INET, PLANTED_ADDR4, addr4);
	inet_pton(AF_INET6, PLANTED_ADDR6, addr6);
	memcpy(nla4 + 4, addr4, 4);
	memcpy(port + 4, &number, sizeof(number));
	if (memmem(p, len, addr4, sizeof(addr4)) || memmem(p, len, addr6, sizeof(addr6)))
		return COMPLAIN("an address of another namespace");
	for (s = 0; s < 2; s++) {
		int set = 0;

		while (strcmp(nl_set_of[set].name, sets[s]))
			set++;
		for (i = 0; i < 2; i++) {
			head.nla_type = (uint16_t)nl_attr_named(set, ends[i]);
			memcpy(nla4, &head, sizeof(head));
			head.nla_type = (uint16_t)nl_attr_named(set, i ? "rport" : "lport");
			memcpy(port, &head, sizeof(head));
			if (memmem(p, len, nla4, sizeof(nla4)))
				return COMPLAIN("an IPv4 address of another namespace");
			if (memmem(p, len, port, sizeof(port)))
				return COMPLAIN("a port of another namespace");
		}
	}
	return NULL;
}

static const char *search_memory(const unsigned char *p, size_t len)
{
	uint64_t v;
	size_t i;

	for (i = 0; i + sizeof(v) <= len; i++) {
		memcpy(&v, p + i, sizeof(v));
		if (nl_like_pointer(v))
			return COMPLAIN("an address of the kernel's, %#llx, at byte %zu",
					(unsigned long long)v, i);
		if (like_poison(v))
			return COMPLAIN("memory that nobody has written, at byte %zu", i);
	}
	return NULL;
}

const char *nl_search_answer(const void *p, size_t len)
{
	const char *found = search_planted(p, len);

	return found ? found : search_memory(p, len);
}

const char *nl_search(const void *p, size_t len)
{
	const unsigned char *b = p;
	size_t i, n = len / 8, like = 0;
	const char *found = search_planted(b, len);
	uint64_t v;

	/*
	 * Records hold numbers that are random by design (ids of sockets): one of very
	 * many looks like an address.  A field that is one does so each time.
	 */
	for (i = 0; i < n && !found; i++) {
		memcpy(&v, b + 8 * i, sizeof(v));
		like += nl_like_pointer(v);
		if (like_poison(v))
			found = COMPLAIN("memory that nobody has written, in word %zu", i);
	}
	if (!found && like > 2 + n / 1000)
		found = COMPLAIN("%zu of %zu words are addresses of the kernel's", like, n);
	return found;
}

static size_t hex_digits(const char *s)
{
	return strspn(s, "0123456789abcdefABCDEF");
}

const char *nl_search_text(const char *text)
{
	static const char *const words[] = { PLANTED_COMM,  PLANTED_DEV, PLANTED_ADDR4,
					     PLANTED_ADDR6, ":48879",	 ":57005" };
	size_t i, n;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strstr(text, words[i]))
			return COMPLAIN("the text has %s, of another namespace", words[i]);
	for (; *text; text += n ? n : 1) {
		n = hex_digits(text);
		if (n == 16 && nl_like_pointer(strtoull(text, NULL, 16)))
			return COMPLAIN("the text has an address of the kernel's: %.16s", text);
	}
	return NULL;
}
