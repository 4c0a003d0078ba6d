// SPDX-License-Identifier: GPL-2.0-only
/*
 * calls.c - the arguments and the result of a system call, by their names
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "calls.h"

enum kind { END, NUMBER, BYTES, ADDR, FAMILY, TYPE, HOW, MSG, SOCK };

/* from: 0 is the first argument (nt_call::fd), 1 to 3 are nt_call::arg */
struct spec {
	const char *name;
	enum kind kind;
	int from;
};

static const struct {
	const char *call;
	bool moves; /* data */
	struct spec arg[NT_CALL_ARGS];
} calls[] = {
	{ "socket",
	  false,
	  { { "family", FAMILY, 0 }, { "type", TYPE, 1 }, { "protocol", NUMBER, 2 } } },
	{ "bind", false, { { "fd", NUMBER, 0 }, { "addr", ADDR, 0 } } },
	{ "listen", false, { { "fd", NUMBER, 0 }, { "backlog", NUMBER, 1 } } },
	{ "connect", false, { { "fd", NUMBER, 0 }, { "addr", ADDR, 0 } } },
	{ "accept", false, { { "fd", NUMBER, 0 } } },
	{ "accept4", false, { { "fd", NUMBER, 0 }, { "flags", SOCK, 3 } } },
	{ "send", true, { { "fd", NUMBER, 0 }, { "len", BYTES, 2 }, { "flags", MSG, 3 } } },
	{ "sendto", true, { { "fd", NUMBER, 0 }, { "len", BYTES, 2 }, { "flags", MSG, 3 } } },
	{ "sendmsg", true, { { "fd", NUMBER, 0 }, { "flags", MSG, 2 } } },
	{ "sendmmsg", true, { { "fd", NUMBER, 0 }, { "vlen", NUMBER, 2 }, { "flags", MSG, 3 } } },
	{ "recv", true, { { "fd", NUMBER, 0 }, { "len", BYTES, 2 }, { "flags", MSG, 3 } } },
	{ "recvfrom", true, { { "fd", NUMBER, 0 }, { "len", BYTES, 2 }, { "flags", MSG, 3 } } },
	{ "recvmsg", true, { { "fd", NUMBER, 0 }, { "flags", MSG, 2 } } },
	{ "recvmmsg", true, { { "fd", NUMBER, 0 }, { "vlen", NUMBER, 2 }, { "flags", MSG, 3 } } },
	{ "read", true, { { "fd", NUMBER, 0 }, { "len", BYTES, 2 } } },
	{ "write", true, { { "fd", NUMBER, 0 }, { "len", BYTES, 2 } } },
	{ "readv", true, { { "fd", NUMBER, 0 }, { "vlen", NUMBER, 2 } } },
	{ "writev", true, { { "fd", NUMBER, 0 }, { "vlen", NUMBER, 2 } } },
	{ "sendfile", true, { { "fd", NUMBER, 0 }, { "in_fd", NUMBER, 1 }, { "len", BYTES, 3 } } },
	{ "shutdown", false, { { "fd", NUMBER, 0 }, { "how", HOW, 1 } } },
	{ "close", false, { { "fd", NUMBER, 0 } } },
};

#define NCALLS (sizeof(calls) / sizeof(calls[0]))

static size_t find(const struct nt_call *call)
{
	size_t i;

	for (i = 0; i < NCALLS && call->name; i++)
		if (!strcmp(call->name, calls[i].call))
			return i;
	return NCALLS;
}

struct bit {
	uint64_t bit;
	const char *name;
};

static const struct bit msg_bits[] = {
	{ MSG_OOB, "MSG_OOB" },
	{ MSG_PEEK, "MSG_PEEK" },
	{ MSG_DONTROUTE, "MSG_DONTROUTE" },
	{ MSG_TRUNC, "MSG_TRUNC" },
	{ MSG_DONTWAIT, "MSG_DONTWAIT" },
	{ MSG_EOR, "MSG_EOR" },
	{ MSG_WAITALL, "MSG_WAITALL" },
	{ MSG_CONFIRM, "MSG_CONFIRM" },
	{ MSG_ERRQUEUE, "MSG_ERRQUEUE" },
	{ MSG_NOSIGNAL, "MSG_NOSIGNAL" },
	{ MSG_MORE, "MSG_MORE" },
	{ MSG_WAITFORONE, "MSG_WAITFORONE" },
	{ MSG_ZEROCOPY, "MSG_ZEROCOPY" },
	{ MSG_FASTOPEN, "MSG_FASTOPEN" },
	{ MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC" },
};

static const struct bit sock_bits[] = {
	{ SOCK_NONBLOCK, "SOCK_NONBLOCK" },
	{ SOCK_CLOEXEC, "SOCK_CLOEXEC" },
};

/* names with bars between; what has no name as a number */
static void put_bits(char *buf, size_t size, uint64_t v, const struct bit *b, size_t n)
{
	size_t used = strlen(buf), i;

	for (i = 0; i < n && used < size; i++) {
		if (!(v & b[i].bit))
			continue;
		v &= ~b[i].bit;
		used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? "|" : "",
					 b[i].name);
	}
	if (v && used < size)
		snprintf(buf + used, size - used, "%s0x%" PRIx64, used ? "|" : "", v);
}

static const char *one_of(uint64_t v, const char *const *name, size_t n)
{
	return v < n ? name[v] : NULL;
}

static void put_name(struct nt_call_arg *a, const char *name, uint64_t v)
{
	if (name)
		snprintf(a->text, sizeof(a->text), "%s", name);
	else
		snprintf(a->text, sizeof(a->text), "%" PRIu64, v);
}

static void fill(struct nt_call_arg *a, enum kind kind, uint64_t v)
{
	static const char *const how[] = { "SHUT_RD", "SHUT_WR", "SHUT_RDWR" };
	static const char *const type[] = { NULL, "SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW" };

	switch (kind) {
	case FAMILY:
		put_name(a, v == AF_INET ? "AF_INET" : v == AF_INET6 ? "AF_INET6" : NULL, v);
		break;
	case TYPE:
		put_name(a, one_of(v & 15, type, 4), v & 15);
		put_bits(a->text, sizeof(a->text), (uint32_t)v & ~15U, sock_bits, 2);
		break;
	case HOW:
		put_name(a, one_of((uint32_t)v, how, 3), (uint32_t)v);
		break;
	case MSG:
	case SOCK:
		a->is_zero = !(uint32_t)v;
		if (kind == MSG)
			put_bits(a->text, sizeof(a->text), (uint32_t)v, msg_bits,
				 sizeof(msg_bits) / sizeof(msg_bits[0]));
		else
			put_bits(a->text, sizeof(a->text), (uint32_t)v, sock_bits, 2);
		break;
	case BYTES:
		a->is_bytes = true;
		a->is_number = true;
		a->number = (int64_t)v;
		break;
	default: /* an int of the caller */
		a->is_number = true;
		a->number = (int32_t)v;
	}
}

int nt_call_args(const struct nt_call *call, struct nt_call_arg arg[NT_CALL_ARGS])
{
	static const struct spec unknown[NT_CALL_ARGS] = { { "fd", NUMBER, 0 } };
	size_t c = find(call);
	const struct spec *s = c < NCALLS ? calls[c].arg : unknown;
	int i, n = 0;

	for (i = 0; i < NT_CALL_ARGS && s[i].kind != END; i++) {
		struct nt_call_arg *a = &arg[n];

		memset(a, 0, sizeof(*a));
		a->name = s[i].name;
		if (s[i].kind == ADDR) {
			a->is_addr = true;
			n += !!call->addr.family;
			continue;
		}
		fill(a, s[i].kind, s[i].from ? call->arg[s[i].from - 1] : (uint64_t)call->fd);
		n++;
	}
	return n;
}

const char *nt_errno_name(int64_t err, char *buf, size_t size)
{
	/* the kernel's own: the call is begun again behind the program's back */
	static const struct bit restart[] = {
		{ 512, "ERESTARTSYS" },
		{ 513, "ERESTARTNOINTR" },
		{ 514, "ERESTARTNOHAND" },
		{ 516, "ERESTART_RESTARTBLOCK" },
	};
	const char *name = err > 0 && err < 512 ? strerrorname_np((int)err) : NULL;
	size_t i;

	for (i = 0; i < sizeof(restart) / sizeof(restart[0]) && !name; i++)
		if (restart[i].bit == (uint64_t)err)
			name = restart[i].name;
	if (name)
		return name;
	snprintf(buf, size, "error %" PRId64, err);
	return buf;
}

bool nt_call_moves_data(const struct nt_call *call)
{
	size_t c = find(call);

	return c < NCALLS && calls[c].moves;
}
