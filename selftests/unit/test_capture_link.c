// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_capture_link.c - every link type of a capture, whole and cut at every byte; those
 * that cannot be read; what asks for one in a filter
 */
#include "capfile.h"

/* clang-format off: bytes in the order of headers */
#define L(link, bytes, ip)                         \
	{                                          \
		link, bytes, sizeof(bytes) - 1, ip \
	}
static const struct {
	uint32_t link;
	const char *bytes;
	size_t n;
	int ip; /* 4, 6; 0: neither */
} of_link[] = {
	L(1, MACS "\x08\0", 4),
	L(1, MACS "\x86\xdd", 6),
	L(1, MACS "\x81\0\0\x64\x08\0", 4),
	L(1, MACS "\x88\xa8\0\x64\x81\0\0\x65\x86\xdd", 6),
	L(1, MACS "\x81\0\0\1\x81\0\0\2\x81\0\0\3\x81\0\0\4\x08\0", 4),
	L(1, MACS "\x81\0\0\1\x81\0\0\2\x81\0\0\3\x81\0\0\4\x81\0\0\5\x08\0", 0),
	L(1, MACS "\x88\xcc", 0),
	L(1, MACS "\0\x41\xaa\xaa\3\0\0\0\x08\0", 4),
	L(1, MACS "\0\x26\x42\x42\3", 0),
	L(0, "\2\0\0\0", 4),
	L(0, "\0\0\0\2", 4),
	L(0, "\x1e\0\0\0", 6),
	L(0, "\0\0\0\x1c", 6),
	L(0, "\7\0\0\0", 0),
	L(108, "\0\0\0\2", 4),
	L(108, "\0\0\0\x18", 6),
	L(12, "", 4),
	L(101, "", 4),
	L(101, "", 6),
	L(228, "", 4),
	L(229, "", 6),
	L(113, "\0\4\0\1\0\6\2\0\0\0\0\1\0\0\x08\0", 4),
	L(113, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x81\0\0\7\x86\xdd", 6),
	L(276, "\x08\0\0\0\0\0\0\3\0\1\4\6\2\0\0\0\0\1\0\0", 4),
	L(276, "\x86\xdd\0\0\0\0\0\3\0\1\0\6\2\0\0\0\0\1\0\0", 6),
	/* 802.11: data to the access point; with QoS; between two of them */
	L(105,
	  "\x08\1\0\0" MACS "\2\0\0\0\0\3\0\0"
	  "\xaa\xaa\3\0\0\0\x08\0",
	  4),
	L(105,
	  "\x88\2\0\0" MACS "\2\0\0\0\0\3\0\0\0\0"
	  "\xaa\xaa\3\0\0\0\x86\xdd",
	  6),
	L(105,
	  "\x08\3\0\0" MACS "\2\0\0\0\0\3\0\0\2\0\0\0\0\4"
	  "\xaa\xaa\3\0\0\0\x08\0",
	  4),
	/* a beacon; no data; encrypted */
	L(105,
	  "\x80\0\0\0" MACS "\2\0\0\0\0\3\0\0"
	  "\xaa\xaa\3\0\0\0\x08\0",
	  0),
	L(105,
	  "\x48\1\0\0" MACS "\2\0\0\0\0\3\0\0"
	  "\xaa\xaa\3\0\0\0\x08\0",
	  0),
	L(105,
	  "\x08\x41\0\0" MACS "\2\0\0\0\0\3\0\0"
	  "\xaa\xaa\3\0\0\0\x08\0",
	  0),
	/* radiotap: flags; time and flags that say "padded", with QoS */
	L(127,
	  "\0\0\x0c\0\2\0\0\0\0\0\0\0"
	  "\x08\1\0\0" MACS "\2\0\0\0\0\3\0\0"
	  "\xaa\xaa\3\0\0\0\x08\0",
	  4),
	L(127,
	  "\0\0\x12\0\3\0\0\0\1\2\3\4\5\6\7\x08\x20\0"
	  "\x88\1\0\0" MACS "\2\0\0\0\0\3\0\0\0\0\0\0"
	  "\xaa\xaa\3\0\0\0\x08\0",
	  4),
};
/* clang-format on */

static void link_types(void **state)
{
	struct nt_error err;
	uint8_t b[256];
	struct got g;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(of_link) / sizeof(of_link[0]); i++) {
		size = 0;
		pcap_header(0xa1b2c3d4, of_link[i].link);
		n = of_link[i].ip == 6 ?
			    frame(b, of_link[i].bytes, of_link[i].n, ip6, sizeof(ip6)) :
			    frame(b, of_link[i].bytes, of_link[i].n, ip4, sizeof(ip4));
		pcap_packet(1, 0, b, n, n);
		/* and cut at every byte: nothing is read that is not there */
		for (; n--;)
			pcap_packet(1, 0, b, n, 2000);
		save(size);
		assert_int_equal(read_all(&g, NULL, &err), -ENODATA);
		assert_int_equal(g.one_place, of_link[i].link != 276);
		if (of_link[i].ip == 4)
			is_ip4(&g.ev[0]);
		else if (of_link[i].ip == 6)
			is_ip6(&g.ev[0]);
		else
			assert_int_equal(g.ev[0].rec.hdr.family, NETTRACE_FAMILY_NONE);
		if (of_link[i].link == 276)
			assert_string_equal(g.ev[0].rec.packet.dev, "if3");
	}
}

static void other_link_types(void **state)
{
	struct nt_error err;
	struct got g;

	(void)state;
	pcap_header(0xa1b2c3d4, 220);
	pcap_packet(1, 0, ip4, sizeof(ip4), sizeof(ip4));
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -EPROTONOSUPPORT);
	assert_says(&err, "USB_LINUX_MMAPPED (220)");
	/* beside one that can be read it is left out, and that is said */
	size = 0;
	section();
	interface(220, "usbmon1", -1);
	interface(101, "tun0", -1);
	ng_packet(0, 1, ip4, sizeof(ip4), sizeof(ip4));
	ng_packet(1, 1, ip4, sizeof(ip4), sizeof(ip4));
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -ENODATA);
	assert_int_equal(g.n, 1);
	assert_non_null(strstr(sentence, "usbmon1"));
	assert_non_null(strstr(sentence, "USB_LINUX_MMAPPED (220)"));
}

/* the capture's own link layer answers */
static void filters(void **state)
{
	struct nt_error err;
	uint8_t b[128];
	struct got g;
	size_t n;

	(void)state;
	pcap_header(0xa1b2c3d4, 1);
	n = frame(b, MACS "\x81\0\0\x64\x08\0", 18, ip4, sizeof(ip4));
	pcap_packet(1, 0, b, n, n);
	n = frame(b, MACS "\x08\0", 14, ip4, sizeof(ip4));
	pcap_packet(1, 0, b, n, n);
	save(size);
	assert_int_equal(read_all(&g, "vlan 100 and tcp port 8090", &err), -ENODATA);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.filtered, 1);
	is_ip4(&g.ev[0]);
	assert_int_equal(read_all(&g, "ether src 02:00:00:00:00:02", &err), -ENODATA);
	assert_int_equal(g.n, 2);
	assert_int_equal(read_all(&g, "tcp port 1", &err), -ENODATA);
	assert_int_equal(g.n, 0);
	assert_int_equal(read_all(&g, "tcp prot 1", &err), -EINVAL);
	assert_says(&err, "tcp prot 1");
}

/* for an interface that turns up later the filter means nothing: the others are read on */
static void filter_of_a_late_interface(void **state)
{
	struct nt_error err;
	uint8_t b[128];
	struct got g;
	size_t n;

	(void)state;
	n = frame(b, MACS "\x08\0", 14, ip4, sizeof(ip4));
	section();
	interface(1, "eth0", -1);
	ng_packet(0, 1, b, n, n);
	interface(101, "tun0", -1);
	ng_packet(1, 2, ip4, sizeof(ip4), sizeof(ip4));
	ng_packet(0, 3, b, n, n);
	ng_packet(1, 4, ip4, sizeof(ip4), sizeof(ip4));
	save(size);
	assert_int_equal(read_all(&g, "ether src 02:00:00:00:00:02", &err), -ENODATA);
	assert_int_equal(g.n, 2);
	assert_int_equal(g.filtered, 2);
	is_ip4(&g.ev[0]);
	is_ip4(&g.ev[1]);
	assert_non_null(strstr(sentence, "interface 1, tun0"));
	assert_non_null(strstr(sentence, "are left out: filter 'ether src 02:00:00:00:00:02'"));
	/* known before the first packet: whoever asks learns it before anything is shown */
	size = 0;
	section();
	interface(1, "eth0", -1);
	interface(101, "tun0", -1);
	ng_packet(0, 1, b, n, n);
	save(size);
	assert_int_equal(read_all(&g, "ether src 02:00:00:00:00:02", &err), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(link_types),
		T(other_link_types),
		T(filters),
		T(filter_of_a_late_interface),
	};

	return cmocka_run_group_tests_name("capture_link", tests, NULL, NULL);
}
