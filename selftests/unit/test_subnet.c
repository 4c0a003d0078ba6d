// SPDX-License-Identifier: GPL-2.0-only
/*
 * The AND of an address and a mask, against what a student writes on paper.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <string.h>

#include "describe.h"
#include "subnet.h"

static bool of(struct nt_subnet *s, unsigned int len, const char *a, const char *b)
{
	int af = strchr(a, ':') ? AF_INET6 : AF_INET;
	uint8_t src[16] = { 0 }, dst[16] = { 0 };

	assert_int_equal(inet_pton(af, a, src), 1);
	assert_int_equal(inet_pton(af, b, dst), 1);
	return nt_subnet_of(s, af == AF_INET6 ? NETTRACE_IPV6 : NETTRACE_IPV4, len, src, dst);
}

static void test_same(void **state)
{
	static const struct {
		unsigned int len;
		const char *a, *b;
		bool same;
	} row[] = {
		{ 24, "10.0.1.2", "10.0.1.255", true },
		{ 24, "10.0.1.2", "10.0.2.2", false },
		{ 16, "10.0.1.2", "10.0.2.2", true },
		{ 23, "10.0.2.1", "10.0.3.1", true },
		{ 23, "10.0.1.1", "10.0.2.1", false },
		{ 0, "0.0.0.0", "255.255.255.255", true },
		{ 32, "10.0.0.1", "10.0.0.1", true },
		{ 32, "10.0.0.1", "10.0.0.0", false },
		{ 31, "10.0.0.1", "10.0.0.0", true },
		{ 64, "fd00::1", "fd00::ffff:1:2:3", true },
		{ 64, "fd00::1", "fd00:0:0:1::1", false },
		{ 63, "fd00::1", "fd00:0:0:1::1", true },
		{ 128, "fe80::1", "fe80::2", false },
	};
	struct nt_subnet s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		assert_true(of(&s, row[i].len, row[i].a, row[i].b));
		if (s.same != row[i].same)
			fail_msg("%s, %s /%u", row[i].a, row[i].b, row[i].len);
	}
	/* a length that no address has */
	assert_false(of(&s, 33, "10.0.0.1", "10.0.0.1"));
	assert_false(of(&s, 129, "::1", "::1"));
	assert_false(nt_subnet_of(&s, NETTRACE_ARP, 8, s.src, s.dst));
	assert_false(nt_subnet_of(&s, NETTRACE_FAMILY_NONE, 8, s.src, s.dst));
}

static void test_bits(void **state)
{
	static const uint8_t six[16] = { 0xfd, [1] = 0x01, [15] = 0x0f };
	char buf[NT_BITS_TEXT], net[NT_ADDR_TEXT + 4];
	struct nt_subnet s;

	(void)state;
	assert_true(of(&s, 22, "10.0.7.130", "10.0.7.130"));
	assert_string_equal(nt_subnet_bits(buf, NETTRACE_IPV4, s.mask),
			    "11111111.11111111.11111100.00000000");
	assert_string_equal(nt_subnet_bits(buf, NETTRACE_IPV4, s.src),
			    "00001010.00000000.00000100.00000000");
	assert_string_equal(nt_subnet_bits(buf, NETTRACE_IPV6, six),
			    "fd01:0000:0000:0000:0000:0000:0000:000f");
	assert_string_equal(nt_describe_net(net, sizeof(net), NETTRACE_IPV6, six, 16), "fd01::/16");
	assert_string_equal(nt_describe_net(net, sizeof(net), NETTRACE_IPV4, six, 77), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_bits),
	};

	return cmocka_run_group_tests_name("subnet", tests, NULL, NULL);
}
