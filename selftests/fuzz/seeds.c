// SPDX-License-Identifier: GPL-2.0-only
/*
 * seeds.c - write the corpora that fuzzing starts from: seeds DIR
 *
 * DIR/parse gets packets of each kind, DIR/recordfile a small recording, DIR/pcap
 * captures of both formats, DIR/track a connection, DIR/app payloads.  They are made, not kept: a
 * change of format makes them anew.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../userspace/source.h"

struct seed {
	const char *name;
	uint8_t family; /* fuzz_parse: 0 IPv4, 1 IPv6, 2 ARP */
	unsigned int len;
	const char *bytes;
};

/* clang-format off: bytes in the order of headers */
#define IP4(proto) "\x45\0\0\x50\x12\x34\x40\0\x40" proto "\0\0\x0a\0\1\2\x0a\0\2\2"
#define IP6(next)                            \
	"\x60\0\0\0\0\x40" next "\x40"       \
	"\xfd\0\0\0\0\0\0\0\0\0\0\0\0\1\0\2" \
	"\xfd\0\0\0\0\0\0\0\0\0\0\0\0\2\0\2"
#define TCP                                 \
	"\x9d\x78\x1f\x9a\1\2\3\4\5\6\7\x8" \
	"\xa0\x18\1\xf6\0\0\0\0"
#define SYN_OPTS  "\2\4\5\xb4\4\2\x8\x0a\0\0\0\1\0\0\0\0\1\3\3\7"
#define SACK_OPTS "\1\1\x8\x0a\0\0\0\1\0\0\0\2\1\1\5\x0a"

#define SEED(name, family, bytes)                      \
	{                                              \
		name, family, sizeof(bytes) - 1, bytes \
	}

static const struct seed seeds[] = {
	SEED("tcp4-syn", 0, IP4("\6") TCP SYN_OPTS "datadatadatadatadata"),
	SEED("tcp4-sack", 0,
	     IP4("\6") TCP SACK_OPTS "\0\0\0\1\0\0\0\2"
				     "data"),
	SEED("udp4", 0,
	     IP4("\x11") "\x14\xe9\0\x35\0\x3c\0\0"
			 "question"),
	SEED("icmp4-error", 0, IP4("\1") "\3\3\0\0\0\0\0\0" IP4("\x11") "\x14\xe9\0\x35\0\x3c\0\0"),
	SEED("tcp6", 1, IP6("\6") TCP SYN_OPTS "data"),
	SEED("chain6", 1,
	     IP6("\0") "\x2b\0\1\4\0\0\0\0"
		       "\x3c\0\0\0\0\0\0\0"
		       "\x2c\0\1\4\0\0\0\0"
		       "\6\0\0\1\0\0\0\7" TCP SYN_OPTS),
	SEED("icmp6-error", 1, IP6("\x3a") "\1\4\0\0\0\0\0\0" IP6("\x3c") "\6\0\1\4\0\0\0\0" TCP),
	SEED("arp", 2,
	     "\0\1\x8\0\6\4\0\1\2\0\0\0\1\2\x0a\0\1\2\0\0\0\0\0\0"
	     "\x0a\0\1\1"),
};
/* clang-format on */

static int put(const char *dir, const struct seed *s)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/parse/%s", dir, s->name);
	f = fopen(path, "wb");
	if (!f)
		return -1;
	fputc(s->family, f);
	fputc(20, f);
	fputc(0, f);
	fwrite(s->bytes, 1, s->len, f);
	return fclose(f);
}

static int put_recording(const char *dir)
{
	struct nt_stream st[2] = { { .name = "client" }, { .name = "server" } };
	struct nt_event ev = { .t = 1, .rec.hdr.type = NETTRACE_PACKET };
	struct nt_recorder *r;
	struct nt_error err;
	char path[4096];
	int i;

	snprintf(path, sizeof(path), "%s/recordfile/small", dir);
	if (nt_recorder_open(&r, path, st, 1, &err))
		return -1;
	nt_recorder_write(r, &ev, &err);
	nt_recorder_stream(r, 1, &st[1], &err);
	for (i = 0; i < 3; i++) {
		ev.source = i % 2;
		ev.rec.hdr.type = i == 2 ? NETTRACE_GAP : NETTRACE_STATE;
		ev.bytes = (const uint8_t *)"a payload";
		ev.nbytes = i == 1 ? 9 : 0;
		nt_recorder_write(r, &ev, &err);
	}
	return nt_recorder_close(r, &err);
}

static void put32(FILE *f, uint32_t v)
{
	fwrite(&v, sizeof(v), 1, f);
}

/* all packets of the parser's seeds, as raw IP */
static int put_pcap(const char *dir, bool ng)
{
	char path[4096];
	size_t i;
	FILE *f;

	snprintf(path, sizeof(path), "%s/pcap/%s", dir, ng ? "pcapng" : "pcap");
	f = fopen(path, "wb");
	if (!f)
		return -1;
	fputc(ng, f);
	if (ng)
		fwrite("\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0"
		       "\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0"
		       "\1\0\0\0\x20\0\0\0\x65\0\0\0\0\0\0\0\2\0\4\0tun0\0\0\0\0\x20\0\0\0",
		       60, 1, f);
	else
		fwrite("\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\1\0\x65\0\0\0", 24, 1, f);
	for (i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		uint32_t len = seeds[i].len, padded = (len + 3) & ~3u;

		if (ng) {
			put32(f, 6);
			put32(f, padded + 32);
			put32(f, 0);
		}
		put32(f, (uint32_t)i);
		put32(f, 0);
		put32(f, len);
		put32(f, len);
		fwrite(seeds[i].bytes, 1, len, f);
		if (ng) {
			fwrite("\0\0\0", 1, padded - len, f);
			put32(f, padded + 32);
		}
	}
	return fclose(f);
}

/* fuzz_track: a handshake, data that is sent twice, two FINs */
static int put_track(const char *dir)
{
	static const uint8_t events[][12] = {
		{ 0x08, 2, 2, 0, 0, 0, 0, 100, 3, 1, 1, 9 },
		{ 0x0c, 18, 0, 0, 2, 1, 0, 100, 3, 1, 1, 9 },
		{ 0x08, 16, 2, 1, 0, 1, 0, 100, 1, 2, 2, 9 },
		{ 0x08, 24, 2, 1, 0, 1, 50, 100, 1, 3, 3, 9 },
		{ 0x08, 24, 2, 1, 0, 1, 50, 100, 1, 9, 4, 255 },
		{ 0x0c, 16, 0, 1, 2, 51, 0, 0, 1, 3, 2, 9 },
		{ 0x08, 17, 2, 51, 0, 1, 0, 100, 1, 4, 5, 9 },
		{ 0x0c, 17, 0, 1, 2, 52, 0, 100, 1, 4, 3, 9 },
		{ 0x08, 16, 2, 52, 0, 2, 0, 100, 1, 5, 6, 9 },
		{ 0x80, 0, 1, 1, 7, 2, 1, 0, 1, 42, 9, 1 },
		{ 0x0c, 4, 0, 2, 2, 52, 0, 0, 0, 0, 0, 9 },
	};
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/track/connection", dir);
	f = fopen(path, "wb");
	if (!f)
		return -1;
	fputc(0, f);
	fwrite(events, 1, sizeof(events), f);
	return fclose(f);
}

/* fuzz_dgram: a datagram in three fragments at two places, an echo, an error about it */
static int put_dgram(const char *dir)
{
	static const uint8_t events[][8] = {
		{ 0x00, 0x02, 60, 0, 0, 0, 1, 0 },    { 0x24, 0x82, 0, 0, 0x30, 0, 1, 0 },
		{ 0x24, 0x82, 0, 0, 0x34, 0, 1, 0 },  { 0x24, 0x82, 0, 0, 0x22, 0, 1, 0 },
		{ 0x48, 0x02, 60, 0, 0, 0, 1, 0 },    { 0x4c, 0x84, 0, 0, 0x34, 0, 1, 0 },
		{ 0x4c, 0x84, 0, 0, 0x30, 0, 1, 0 },  { 0x00, 0x10, 56, 1, 0, 0, 1, 0 },
		{ 0x49, 0x10, 56, 1, 0, 0, 1, 0 },    { 0x00, 0x10, 56, 2, 0, 0, 3, 1 },
		{ 0x29, 0x20, 0, 0x17, 0, 0, 40, 1 }, { 0x24, 0x40, 9, 47, 0, 0, 1, 2 },
		{ 0x06, 0x80, 0, 0, 0x30, 0, 1, 2 },  { 0x08, 0x00, 9, 0, 0, 0, 99, 1 },
	};
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/dgram/fragments", dir);
	f = fopen(path, "wb");
	if (!f)
		return -1;
	fputc(0, f);
	fwrite(events, 1, sizeof(events), f);
	return fclose(f);
}

/* each as fuzz_app takes it: two bytes of where, and the payload */
static int put_payloads(const char *dir)
{
	static const struct {
		const char *name;
		unsigned int len;
		const char *bytes;
	} payload[] = {
#define PAYLOAD(name, bytes) { name, sizeof(bytes) - 1, bytes }
		PAYLOAD("dns", "\0\0\x12\x34\1\0\0\1\0\0\0\0\0\0\3www\7example\0\0\1\0\1"),
		PAYLOAD("dns-answer", "\4\0\x12\x34\x81\x80\0\1\0\2\0\0\0\0\3www\7example\0\0\1\0\1"
				      "\xc0\x0c\0\5\0\1\0\0\0\1\0\4\1a\xc0\x10"
				      "\xc0\x29\0\1\0\1\0\0\0\1\0\4\1\2\3\4"),
		PAYLOAD("dns-elsewhere", "\xf0\0\x12\x34\1\0\0\1\0\0\0\0\0\0\1x\0\0\1\0\1"),
		PAYLOAD("dns-tcp", "\3\0\0\x13\x12\x34\1\0\0\1\0\0\0\0\0\0\1x\0\0\1\0\1"),
		PAYLOAD("http", "\x13\0GET /index.html HTTP/1.1\r\nHost: x\r\n\r\n"),
		PAYLOAD("http-answer", "\x17\0HTTP/1.1 404 Not Found\r\n\r\n"),
		PAYLOAD("tls", "\x23\0\x16\3\1\0\x4f\1\0\0\x4b\3\3"
			       "0123456789abcdef0123456789abcdef\0\0\2\x13\1\1\0\0\x20"
			       "\0\0\0\x0c\0\x0a\0\0\7a.local\0\x2b\0\5\4\3\4\3\3"),
		PAYLOAD("tls-alert", "\x27\0\x15\3\3\0\2\2\x28"),
		PAYLOAD("ssh", "\x37\0SSH-2.0-OpenSSH_9.2p1 Debian\r\n"),
		PAYLOAD("ftp", "\x47\0"
			       "220 (vsFTPd 3.0.3)\r\n"),
		PAYLOAD("smtp", "\x57\0"
				"220 mx.example ESMTP\r\n"),
		PAYLOAD("telnet", "\x67\0\xff\xfd\x18\xff\xfb\1login: "),
		PAYLOAD("dhcp6", "\x80\0\1\1\2\3\0\1\0\0"),
		PAYLOAD("ntp", "\x94\0\x24\2\0\0"
			       "0123456789abcdef0123456789abcdef0123456789ab"),
		PAYLOAD("tftp", "\xa0\0\0\1boot.img\0octet\0"),
		PAYLOAD("mysql", "\xc7\0\x17\0\0\0\x0a"
				 "8.0.36\0\1\0\0\0saltsalt\0\0\0"),
#undef PAYLOAD
	};
	static uint8_t dhcp[2 + 240 + 9 + 2] = { 0x70, 0, 1, 1, 6 };
	char path[4096];
	size_t i;
	FILE *f;

	for (i = 0; i < sizeof(payload) / sizeof(payload[0]); i++) {
		snprintf(path, sizeof(path), "%s/app/%s", dir, payload[i].name);
		f = fopen(path, "wb");
		if (!f)
			return -1;
		fwrite(payload[i].bytes, 1, payload[i].len, f);
		if (fclose(f))
			return -1;
	}
	memcpy(dhcp + 2 + 236, "\x63\x82\x53\x63\x35\1\3\x32\4\x0a\0\0\1", 13);
	snprintf(path, sizeof(path), "%s/app/dhcp", dir);
	f = fopen(path, "wb");
	if (!f)
		return -1;
	fwrite(dhcp, 1, sizeof(dhcp), f);
	return fclose(f);
}

static int make_dir(const char *dir, const char *sub)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, sub);
	return mkdir(path, 0777) && errno != EEXIST ? -1 : 0;
}

int main(int argc, char **argv)
{
	size_t i;
	int bad;

	if (argc != 2) {
		fprintf(stderr, "usage: %s DIR\n", argv[0]);
		return 2;
	}
	bad = make_dir(argv[1], "") || make_dir(argv[1], "parse") ||
	      make_dir(argv[1], "recordfile") || make_dir(argv[1], "pcap") ||
	      make_dir(argv[1], "track") || make_dir(argv[1], "dgram") ||
	      make_dir(argv[1], "app") || put_recording(argv[1]) || put_pcap(argv[1], false) ||
	      put_pcap(argv[1], true) || put_track(argv[1]) || put_dgram(argv[1]) ||
	      put_payloads(argv[1]);
	for (i = 0; !bad && i < sizeof(seeds) / sizeof(seeds[0]); i++)
		bad = put(argv[1], &seeds[i]);
	if (bad)
		perror(argv[1]);
	return bad ? 1 : 0;
}
