// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose link address: lists in every form, damaged ones, what the bits say, and where
 * it is shown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "describe.h"
#include "oui.h"
#include "render.h"
#include "scene.h"
#include "schema.h"

#define SCHEMA "../../userspace/schema/nettrace.schema.json"

static char path[] = "/tmp/nettrace-oui-XXXXXX";

static int setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static struct nt_oui *list(const char *text, size_t size)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
	return nt_oui_new(path);
}

/* "00:22:72:01:02:03" */
static void octets(uint8_t mac[6], const char *text)
{
	assert_int_equal(sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &mac[0], &mac[1], &mac[2],
				&mac[3], &mac[4], &mac[5]),
			 6);
}

static const char *vendor(struct nt_oui *o, const char *text)
{
	const char *name;
	uint8_t mac[6];

	octets(mac, text);
	name = nt_oui_vendor(o, mac);
	return name ? name : "-";
}

/* the longest prefix counts, in whichever order they stand */
static void check(const char *text)
{
	struct nt_oui *o = list(text, strlen(text));

	assert_string_equal(vendor(o, "00:22:72:01:02:03"), "American, Inc.");
	assert_string_equal(vendor(o, "00:22:73:01:02:03"), "-");
	assert_string_equal(vendor(o, "00:55:da:f1:02:03"), "Medium \"M\"");
	assert_string_equal(vendor(o, "00:55:da:e1:02:03"), "-");
	assert_string_equal(vendor(o, "70:b3:d5:fb:e1:03"), "Small");
	assert_string_equal(vendor(o, "70:b3:d5:fb:f1:03"), "-");
	nt_oui_free(o);
}

static void test_forms(void **state)
{
	(void)state;
	/* ieee-data and hwdata: the three lists one behind the other */
	check("OUI/MA-L\t\t\tOrganization\r\ncompany_id\t\t\tOrganization\r\n\r\n"
	      "00-22-72   (hex)\t\tAmerican, Inc.\r\n002272     (base 16)\t\tAmerican, Inc.\r\n"
	      "\t\t\t\t2181 Street\r\n\r\n"
	      "00-55-DA   (hex)\t\tIEEE Registration Authority\r\n"
	      "0055DA     (base 16)\t\tIEEE Registration Authority\r\n\r\n"
	      "00-55-DA   (hex)\t\tMedium \"M\"\r\nF00000-FFFFFF     (base 16)\t\tMedium \"M\"\r\n"
	      "70-B3-D5   (hex)\t\tSmall\r\nFBE000-FBEFFF     (base 16)\t\tSmall\r\n");
	check("Registry,Assignment,Organization Name,Organization Address\r\n"
	      "MA-L,002272,\"American, Inc.\",\"2181 Street\nTown\"\r\n"
	      "MA-L,0055DA,IEEE Registration Authority,x\r\n"
	      "MA-M,0055DAF,\"Medium \"\"M\"\"\",x\r\nMA-S,70B3D5FBE,Small,x\r\n");
	check("# comment\n00:22:72\tAmerican\tAmerican, Inc.\n"
	      "00:55:DA:F0:00:00/28\tMediumM\tMedium \"M\"\n"
	      "70:B3:D5:FB:E0:00/36\tSmall\tSmall\n01:00:0C:CC:CC:CC\tCDP\n");
	check("OUI:002272*\n ID_OUI_FROM_DATABASE=American, Inc.\n\n"
	      "OUI:0055DAF*\n ID_OUI_FROM_DATABASE=Medium \"M\"\n\n"
	      "OUI:70B3D5FBE*\n ID_OUI_FROM_DATABASE=Small\n");
	/* the last line need not end */
	check("00-22-72\tAmerican, Inc.\n00:55:DA:F0:00:00/28 Medium \"M\"\n"
	      "70:B3:D5:FB:E0:00/36\tS\tSmall\tcomment");
}

static void test_damaged(void **state)
{
	static const char bad[] =
		"\0\0\n00\n00:\n00:22\n00:22:7g\tA\n00:22:72\n00:22:72/24\n00:22:72/99999999999\tA\n"
		"00:22:72:00:00:00/25\tA\n00:22:72/28\tA\n00:22:72\t\n00:22:72\t \t \n:::::\n"
		"00-22-72   (hex)\n002272     (base 16)\n002272     (base 15)\t\tA\n00227     (base 16)\tA\n"
		"F00000-FFFFFF     (base 16)\t\tno base\n"
		"MA-L\nMA-L,\nMA-L,002272\nMA-L,002272,\nMA-L,00227,A,\nMA-L,0022723,,\n"
		"MA-L,\"002272,A\nMA-X,00227z,A\nIAB,\"\"\"\n"
		"OUI:\nOUI:002272\nOUI:00227*\nID_OUI_FROM_DATABASE=A\n ID_OUI_FROM_DATABASE\n"
		"OUI:002272*\nOUI:2272*\n ID_OUI_FROM_DATABASE=A\n";
	static const char ranges[] =
		"70-B3-D5   (hex)\t\tA\nFBE000-FBEFFE     (base 16)\t\tA\n"
		"FBE001-FBF000     (base 16)\t\tA\nFBE000-FBE     (base 16)\t\tA\n"
		"000000-FFFFFF     (base 16)\t\tA\n";
	struct nt_oui *o = list(bad, sizeof(bad) - 1);

	(void)state;
	assert_string_equal(vendor(o, "00:22:72:00:00:00"), "-");
	nt_oui_free(o);
	o = list(ranges, sizeof(ranges) - 1);
	assert_string_equal(vendor(o, "70:b3:d5:fb:e0:00"), "-");
	nt_oui_free(o);
	/* none, one that is not there, a folder, a device */
	o = nt_oui_new("");
	assert_string_equal(vendor(o, "00:22:72:00:00:00"), "-");
	nt_oui_free(o);
	o = nt_oui_new("/nonexistent");
	assert_string_equal(vendor(o, "00:22:72:00:00:00"), "-");
	nt_oui_free(o);
	o = nt_oui_new("/tmp");
	assert_string_equal(vendor(o, "00:22:72:00:00:00"), "-");
	nt_oui_free(o);
	o = nt_oui_new("/dev/zero");
	assert_string_equal(vendor(o, "00:22:72:00:00:00"), "-");
	nt_oui_free(o);
	assert_string_equal(vendor(NULL, "00:22:72:00:00:00"), "-");
}

/* a line of any length is one line; names are cut between characters; the first counts */
static void test_bounds(void **state)
{
	static char text[8192];
	struct nt_oui *o;
	size_t n;

	(void)state;
	n = (size_t)sprintf(text, "00:22:72\tA\t");
	memset(text + n, 'a', 46);
	n += 46;
	n += (size_t)sprintf(text + n, "\xc3\xa4");
	memset(text + n, 'b', 5000);
	n += 5000;
	n += (size_t)sprintf(text + n, "00:22:73\tB\tB\n00:22:74\tC\tC\n00:22:74\tD\tD\n");
	o = list(text, n);
	assert_int_equal(strlen(vendor(o, "00:22:72:00:00:00")), 46);
	assert_string_equal(vendor(o, "00:22:73:00:00:00"), "-");
	assert_string_equal(vendor(o, "00:22:74:00:00:00"), "C");
	nt_oui_free(o);
}

static void test_words(void **state)
{
	static const struct {
		const char *mac, *words;
	} t[] = {
		{ "00:22:72:00:00:01", "American" },
		{ "00:22:73:00:00:01", "ev\\x1bil" },
		{ "00:22:74:00:00:01", "" },
		{ "02:42:ac:11:00:02", "locally administered" },
		{ "02:07:01:00:00:02", "Racal, locally administered" },
		{ "01:00:5e:00:00:fb", "multicast" },
		{ "33:33:ff:00:00:01", "multicast" },
		{ "ff:ff:ff:ff:ff:ff", "broadcast" },
		{ "00:00:00:00:00:00", "" },
	};
	static const char text[] = "00:22:72\tA\tAmerican\n00:22:73\tE\tev\x1bil\n"
				   "02:07:01\tR\tRacal\n00:00:00\tX\tXerox\n";
	struct nt_oui *o = list(text, strlen(text));
	char words[NT_MAC_WORDS];
	uint8_t mac[6];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		octets(mac, t[i].mac);
		assert_string_equal(nt_describe_mac_words(words, sizeof(words), o, mac),
				    t[i].words);
		/* who asked for none gets none */
		assert_string_equal(nt_describe_mac_words(words, sizeof(words), NULL, mac), "");
	}
	nt_oui_free(o);
}

static char *drawn(const struct nt_view *view, const struct nt_format *f, const struct nt_arp *arp,
		   bool layers)
{
	struct nt_view v = *view;
	size_t size;
	char *text;

	v.out = open_memstream(&text, &size);
	assert_non_null(v.out);
	if (layers)
		f->layers_arp(&v, 1, arp);
	else
		f->arp(&v, NULL, arp);
	assert_int_equal(fclose(v.out), 0);
	return text;
}

static void has(char *text, const char *want)
{
	if (!strstr(text, want))
		fail_msg("no '%s' in %s", want, text);
	free(text);
}

/* in the line, in the packet that is opened, and as fields that the schema knows */
static void test_shown(void **state)
{
	struct nt_arp arp = { .family = NETTRACE_IPV4,
			      .op = 2,
			      .kind = NT_ARP_CONFLICT,
			      .delay = -1,
			      .nsight = 1,
			      .sha = { 0, 0x22, 0x72, 0, 0, 1 },
			      .tha = { 2, 0, 0, 0, 0, 1 },
			      .other = { 2, 0, 0, 0, 0, 2 } };
	static const char text[] = "00:22:72\tA\tAmer\x1bican\n";
	struct nt_view v = { .width = 200, .unicode = true };
	struct schema c = { .root = json_load_file(SCHEMA, 0, NULL) };
	char *line;
	json_t *o;

	(void)state;
	v.oui = list(text, strlen(text));
	has(drawn(&v, &nt_format_ladder, &arp, false), "00:22:72:00:00:01 [Amer\\x1bican]");
	has(drawn(&v, &nt_format_ladder, &arp, false), "02:00:00:00:00:02 [locally administered]");
	has(drawn(&v, &nt_format_ladder, &arp, true), "00:22:72:00:00:01 [Amer\\x1bican]");
	has(drawn(&v, &nt_format_json, &arp, true), "\"mac_vendor\":\"Amer\\\\x1bican\"");
	line = drawn(&v, &nt_format_json, &arp, false);
	o = schema_line(&c, line);
	assert_string_equal(json_string_value(json_object_get(o, "conflict_kind")), "local");
	json_decref(o);
	json_decref(c.root);
	free(line);
	nt_oui_free(v.oui);
	/* nothing is said where the view has no list */
	v.oui = NULL;
	line = drawn(&v, &nt_format_ladder, &arp, false);
	assert_null(strchr(line, '['));
	free(line);
	line = drawn(&v, &nt_format_json, &arp, false);
	assert_null(strstr(line, "_kind"));
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),  cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_bounds), cmocka_unit_test(test_words),
		cmocka_unit_test(test_shown),
	};

	return cmocka_run_group_tests_name("oui", tests, setup, teardown);
}
