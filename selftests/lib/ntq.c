// SPDX-License-Identifier: GPL-2.0-only
/*
 * ntq.c - questions to a stream of JSON Lines
 *
 * Purpose: shell tests ask what nettrace --json said.
 * Use:     ntq [-c] [-p PATH[,PATH...]] [CONDITION...] <file
 *            -c  print the number of objects for which all conditions hold
 *            -p  print these values of each, separated by tabs ("-": absent)
 *            otherwise the objects themselves are printed
 *          PATH is dotted: client.addr, cause.call, sightings.0.hook; "*" is any
 *          element of an array, "#" an array's length.
 *          CONDITION: PATH=VALUE|VALUE..., PATH!=VALUE|..., PATH=LOW..HIGH (either
 *          may be left out), PATH? (exists), !PATH (does not)
 * Exit:    0 something matched; 1 nothing did; 2 a line is not a JSON object, or
 *          usage.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool equals(const char *text, const char *want, size_t len)
{
	return strlen(text) == len && !memcmp(text, want, len);
}

static void to_text(const json_t *v, char *buf, size_t size)
{
	switch (json_typeof(v)) {
	case JSON_STRING:
		snprintf(buf, size, "%s", json_string_value(v));
		break;
	case JSON_INTEGER:
		snprintf(buf, size, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		break;
	case JSON_REAL:
		snprintf(buf, size, "%g", json_real_value(v));
		break;
	case JSON_TRUE:
		snprintf(buf, size, "true");
		break;
	case JSON_FALSE:
		snprintf(buf, size, "false");
		break;
	case JSON_NULL:
		snprintf(buf, size, "null");
		break;
	default:
		snprintf(buf, size, "(%s)", json_is_array(v) ? "array" : "object");
	}
}

/* LOW..HIGH with decimal bounds; anything else is not a range */
static bool in_range(const char *text, const char *want, size_t len, bool *is_range)
{
	const char *dots = memmem(want, len, "..", 2);
	long long v, low, high;
	char *end;

	*is_range = false;
	v = strtoll(text, &end, 10);
	if (!dots || *end || end == text)
		return false;
	low = strtoll(want, &end, 10);
	if (end != dots && dots != want)
		return false;
	high = strtoll(dots + 2, &end, 10);
	if (end != want + len)
		return false;
	*is_range = true;
	return (dots == want || v >= low) && (dots + 2 == want + len || v <= high);
}

static bool value_is(const char *text, const char *want)
{
	bool range;
	size_t len;

	for (;; want += len + 1) {
		len = strcspn(want, "|");
		if (in_range(text, want, len, &range) || (!range && equals(text, want, len)))
			return true;
		if (!want[len])
			return false;
	}
}

typedef bool (*value_fn)(const char *text, const void *arg);

/* call @fn with each value that @path leads to, until it returns true */
static bool walk(json_t *v, const char *path, value_fn fn, const void *arg)
{
	char text[512], key[128];
	size_t i, len = strcspn(path, ".");
	const char *rest = path[len] ? path + len + 1 : "";
	json_t *next;

	if (!v)
		return false;
	if (!*path) {
		to_text(v, text, sizeof(text));
		return fn(text, arg);
	}
	snprintf(key, sizeof(key), "%.*s", (int)len, path);
	if (!strcmp(key, "#")) {
		snprintf(text, sizeof(text), "%zu", json_array_size(v));
		return json_is_array(v) && fn(text, arg);
	}
	if (!strcmp(key, "*")) {
		json_array_foreach(v, i, next) if (walk(next, rest, fn, arg)) return true;
		return false;
	}
	if (json_is_array(v))
		return walk(json_array_get(v, strtoul(key, NULL, 10)), rest, fn, arg);
	return walk(json_object_get(v, key), rest, fn, arg);
}

static bool fn_is(const char *text, const void *want)
{
	return value_is(text, want);
}

static bool fn_exists(const char *text, const void *arg)
{
	(void)text;
	(void)arg;
	return true;
}

static bool fn_print(const char *text, const void *sep)
{
	for (printf("%s", (const char *)sep); *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 127)
			printf("\\x%02x", (unsigned char)*text);
		else
			putchar(*text);
	}
	return true;
}

static bool holds(json_t *obj, const char *cond)
{
	char path[256];
	const char *eq;
	size_t len = strlen(cond);
	bool negated;

	if (*cond == '!')
		return !walk(obj, cond + 1, fn_exists, NULL);
	eq = strchr(cond, '=');
	if (!eq) {
		if (!len || cond[len - 1] != '?') {
			fprintf(stderr, "ntq: '%s' is no condition\n", cond);
			exit(2);
		}
		snprintf(path, sizeof(path), "%.*s", (int)len - 1, cond);
		return walk(obj, path, fn_exists, NULL);
	}
	negated = eq > cond && eq[-1] == '!';
	snprintf(path, sizeof(path), "%.*s", (int)(eq - cond) - negated, cond);
	return walk(obj, path, fn_is, eq + 1) != negated;
}

static void print_values(json_t *obj, const char *paths)
{
	char path[256];
	const char *sep = "";
	size_t len;

	for (;; paths += len + 1) {
		len = strcspn(paths, ",");
		snprintf(path, sizeof(path), "%.*s", (int)len, paths);
		if (!walk(obj, path, fn_print, sep))
			printf("%s-", sep);
		sep = "\t";
		if (!paths[len])
			break;
	}
	putchar('\n');
}

static bool all_hold(json_t *obj, char **cond)
{
	for (; *cond; cond++)
		if (!holds(obj, *cond))
			return false;
	return true;
}

int main(int argc, char **argv)
{
	unsigned long matches = 0, number = 0;
	const char *paths = NULL;
	bool count = false;
	json_error_t err;
	char *line = NULL;
	size_t size = 0;
	json_t *obj;
	int c;

	while ((c = getopt(argc, argv, "+cp:")) != -1) {
		if (c == 'c')
			count = true;
		else if (c == 'p')
			paths = optarg;
		else
			return 2;
	}
	while (getline(&line, &size, stdin) > 0) {
		number++;
		obj = json_loads(line, JSON_REJECT_DUPLICATES, &err);
		if (!json_is_object(obj)) {
			fprintf(stderr, "ntq: line %lu is not a JSON object: %s\n", number,
				err.text);
			return 2;
		}
		if (all_hold(obj, argv + optind)) {
			matches++;
			if (paths)
				print_values(obj, paths);
			else if (!count)
				fputs(line, stdout);
		}
		json_decref(obj);
	}
	free(line);
	if (count)
		printf("%lu\n", matches);
	return !matches;
}
