/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * schema.h - is a JSON value what a JSON schema says?
 *
 * Purpose:   the part of JSON Schema (draft 7) that our schema uses, and no
 *            more: a keyword that is not known here fails the test, so that
 *            nothing is taken as checked that was not.
 * Ownership: borrows all it is given.
 */
#ifndef NETTRACE_UNIT_SCHEMA_H
#define NETTRACE_UNIT_SCHEMA_H

#include <jansson.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct schema {
	json_t *root;
	char why[512]; /* the first thing that was wrong */
};

static bool schema_ok(struct schema *c, const json_t *s, const json_t *v);

static bool schema_no(struct schema *c, const char *what, const char *name)
{
	if (!*c->why)
		snprintf(c->why, sizeof(c->why), "%s: %s", what, name);
	return false;
}

static bool schema_type(const char *type, const json_t *v)
{
	return (!strcmp(type, "object") && json_is_object(v)) ||
	       (!strcmp(type, "array") && json_is_array(v)) ||
	       (!strcmp(type, "string") && json_is_string(v)) ||
	       (!strcmp(type, "integer") && json_is_integer(v)) ||
	       (!strcmp(type, "boolean") && json_is_boolean(v));
}

static bool schema_object(struct schema *c, const json_t *s, const json_t *v)
{
	const json_t *props = json_object_get(s, "properties"), *sub;
	const json_t *more = json_object_get(s, "additionalProperties");
	const char *key;
	json_t *value;
	size_t i;

	json_array_foreach(
		json_object_get(s, "required"), i,
		value) if (!json_object_get(v,
					    json_string_value(
						    value))) return schema_no(c, "missing",
									      json_string_value(
										      value));
	json_object_foreach((json_t *)(uintptr_t)v, key, value)
	{
		sub = json_object_get(props, key);
		if (!sub && json_is_false(more))
			return schema_no(c, "not in the schema", key);
		if (!sub && json_is_object(more))
			sub = more;
		if (sub && !schema_ok(c, sub, value))
			return schema_no(c, "wrong value", key);
	}
	return true;
}

static bool schema_string(const json_t *pattern, const char *text)
{
	regex_t re;
	int no;

	if (!pattern)
		return true;
	if (regcomp(&re, json_string_value(pattern), REG_EXTENDED | REG_NOSUB))
		return false;
	no = regexec(&re, text, 0, NULL, 0);
	regfree(&re);
	return !no;
}

static bool schema_array(struct schema *c, const json_t *s, const json_t *v)
{
	const json_t *min = json_object_get(s, "minItems");
	const json_t *max = json_object_get(s, "maxItems");
	const json_t *items = json_object_get(s, "items");
	json_t *value;
	size_t i;

	if ((min && json_array_size(v) < (size_t)json_integer_value(min)) ||
	    (max && json_array_size(v) > (size_t)json_integer_value(max)))
		return schema_no(c, "array", "wrong length");
	json_array_foreach(v, i, value) if (items && !schema_ok(c, items, value)) return false;
	return true;
}

static bool schema_one_of(struct schema *c, const json_t *s, const json_t *v)
{
	const json_t *list = json_object_get(s, "oneOf");
	char why[sizeof(c->why)];
	json_t *sub;
	int n = 0;
	size_t i;

	if (!list)
		return true;
	memcpy(why, c->why, sizeof(why));
	json_array_foreach(list, i, sub) n += schema_ok(c, sub, v);
	memcpy(c->why, why, sizeof(why));
	return n == 1 || schema_no(c, "oneOf", n ? "several fit" : "none fits");
}

static bool schema_known(struct schema *c, const json_t *s)
{
	static const char *const known[] = {
		"$comment",    "$schema",     "title",
		"description", "definitions", "type",
		"required",    "properties",  "additionalProperties",
		"oneOf",       "enum",	      "const",
		"minimum",     "maximum",     "pattern",
		"items",       "minItems",    "maxItems",
		"$ref",	       "format",
	};
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach((json_t *)(uintptr_t)s, key, value)
	{
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (!strcmp(key, known[i]))
				break;
		if (i == sizeof(known) / sizeof(known[0]))
			return schema_no(c, "keyword that the test cannot check", key);
	}
	return true;
}

static bool schema_value(struct schema *c, const json_t *s, const json_t *v)
{
	const json_t *list = json_object_get(s, "enum");
	const json_t *only = json_object_get(s, "const");
	const json_t *min = json_object_get(s, "minimum");
	const json_t *max = json_object_get(s, "maximum");
	json_t *value;
	size_t i;

	if (only && !json_equal(only, v))
		return schema_no(c, "const", "another value");
	if (list) {
		json_array_foreach(list, i, value) if (json_equal(value, v)) break;
		if (i == json_array_size(list))
			return schema_no(c, "enum", json_is_string(v) ? json_string_value(v) : "?");
	}
	if (json_is_integer(v) && ((min && json_integer_value(v) < json_integer_value(min)) ||
				   (max && json_integer_value(v) > json_integer_value(max))))
		return schema_no(c, "integer", "out of range");
	return true;
}

static bool schema_ok(struct schema *c, const json_t *s, const json_t *v)
{
	const char *ref = json_string_value(json_object_get(s, "$ref"));
	const char *type = json_string_value(json_object_get(s, "type"));

	if (ref) {
		s = json_object_get(json_object_get(c->root, "definitions"),
				    ref + strlen("#/definitions/"));
		return s ? schema_ok(c, s, v) : schema_no(c, "$ref", ref);
	}
	if (!schema_known(c, s))
		return false;
	if (type && !schema_type(type, v))
		return schema_no(c, "type", type);
	if (!schema_value(c, s, v))
		return false;
	if (json_is_string(v) &&
	    !schema_string(json_object_get(s, "pattern"), json_string_value(v)))
		return schema_no(c, "pattern", json_string_value(v));
	if (json_is_array(v) && !schema_array(c, s, v))
		return false;
	if (json_is_object(v) && !schema_object(c, s, v))
		return false;
	return schema_one_of(c, s, v);
}

/* one line of output: an object, which the schema allows; the caller's to release */
static inline json_t *schema_line(struct schema *c, const char *line)
{
	json_t *o = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(o);
	*c->why = '\0';
	if (!schema_ok(c, c->root, o))
		fail_msg("%s: %s", c->why, line);
	return o;
}

#endif /* NETTRACE_UNIT_SCHEMA_H */
