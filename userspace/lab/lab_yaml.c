// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_yaml.c - a YAML document, read with sentences that name the line
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/lab_yaml.h"
#include "i18n.h"

#define DEPTH_MAX 8
#define NAME_MAX_ 11 /* with the prefix, and in a device's name */

int nt_yaml_line(const yaml_node_t *node)
{
	return (int)node->start_mark.line + 1;
}

int nt_yaml_wrong(const struct nt_yaml *y, const yaml_node_t *node, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!node)
		return nt_error_set(y->err, -EINVAL, "%s: %s", y->name, text);
	return nt_error_set(y->err, -EINVAL, "%s:%d: %s", y->name, nt_yaml_line(node), text);
}

int nt_yaml_load(struct nt_yaml *y, const char *text, size_t len)
{
	yaml_parser_t parser;

	if (!yaml_parser_initialize(&parser))
		return nt_error_set(y->err, -ENOMEM, _("out of memory"));
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	if (!yaml_parser_load(&parser, &y->doc)) {
		nt_error_set(y->err, -EINVAL, "%s:%zu: %s%s%s", y->name,
			     parser.problem_mark.line + 1, parser.context ? parser.context : "",
			     parser.context ? ": " : "",
			     parser.problem ? parser.problem : _("this is no YAML"));
		yaml_parser_delete(&parser);
		return -EINVAL;
	}
	y->loaded = true;
	yaml_parser_delete(&parser);
	if (!yaml_document_get_root_node(&y->doc))
		return nt_yaml_wrong(y, NULL, _("there is nothing in it"));
	return 0;
}

void nt_yaml_free(struct nt_yaml *y)
{
	struct nt_yaml_copy *c;

	while ((c = y->copies)) {
		y->copies = c->next;
		free(c);
	}
	if (y->loaded)
		yaml_document_delete(&y->doc);
	y->loaded = false;
}

yaml_node_t *nt_yaml_node(struct nt_yaml *y, int index)
{
	return yaml_document_get_node(&y->doc, index);
}

static const char *scalar(const yaml_node_t *n)
{
	return n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : NULL;
}

/* the key at @pair, and not a second time above it */
static int key_at(struct nt_yaml *y, yaml_node_t *map, yaml_node_pair_t *pair, const char **key)
{
	yaml_node_t *node = nt_yaml_node(y, pair->key);
	yaml_node_pair_t *p;

	*key = scalar(node);
	if (!*key)
		return nt_yaml_wrong(y, node, _("a key must be a word"));
	for (p = map->data.mapping.pairs.start; p < pair; p++) {
		const char *other = scalar(nt_yaml_node(y, p->key));

		if (other && !strcmp(other, *key))
			return nt_yaml_wrong(y, node, _("'%s' is here twice"), *key);
	}
	return 0;
}

int nt_yaml_pairs(struct nt_yaml *y, yaml_node_t *map, int max,
		  int (*take)(struct nt_yaml *y, const char *key, yaml_node_t *value, void *to),
		  void *to)
{
	yaml_node_pair_t *p;
	const char *key;
	int n = 0, ret;

	if (map->type != YAML_MAPPING_NODE)
		return nt_yaml_wrong(y, map, _("expected 'key: value' here"));
	for (p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
		ret = key_at(y, map, p, &key);
		if (!ret && ++n > max)
			ret = nt_yaml_wrong(y, nt_yaml_node(y, p->key), _("more than %d of them"),
					    max);
		if (!ret)
			ret = take(y, key, nt_yaml_node(y, p->value), to);
		if (ret)
			return ret;
	}
	return 0;
}

static int unknown_key(struct nt_yaml *y, const yaml_node_t *node, const char *name,
		       const struct nt_yaml_key *key, int n)
{
	char list[256] = "";
	size_t len = 0;
	int i;

	for (i = 0; i < n && len < sizeof(list); i++)
		len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s", i ? ", " : "",
					key[i].name);
	return nt_yaml_wrong(y, node, _("there is no '%s' here; there can be: %s"), name, list);
}

int nt_yaml_map(struct nt_yaml *y, yaml_node_t *map, const struct nt_yaml_key *key, int n, void *to)
{
	yaml_node_pair_t *p;
	unsigned long seen = 0;
	const char *name;
	int i, ret;

	if (map->type != YAML_MAPPING_NODE)
		return nt_yaml_wrong(y, map, _("expected 'key: value' here"));
	for (p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
		ret = key_at(y, map, p, &name);
		if (ret)
			return ret;
		for (i = 0; i < n && strcmp(key[i].name, name); i++)
			;
		if (i == n)
			return unknown_key(y, nt_yaml_node(y, p->key), name, key, n);
		seen |= 1ul << i;
		ret = key[i].take(y, nt_yaml_node(y, p->value), (char *)to + key[i].offset);
		if (ret)
			return ret;
	}
	for (i = 0; i < n; i++)
		if (key[i].needed && !(seen & 1ul << i))
			return nt_yaml_wrong(y, map, _("'%s' is missing"), key[i].name);
	return 0;
}

int nt_yaml_each(struct nt_yaml *y, yaml_node_t *list, int max,
		 int (*take)(struct nt_yaml *y, yaml_node_t *value, void *to), void *to)
{
	yaml_node_item_t *i;
	int n = 0, ret;

	if (list->type != YAML_SEQUENCE_NODE)
		return nt_yaml_wrong(y, list, _("expected a list here ('- ...')"));
	for (i = list->data.sequence.items.start; i < list->data.sequence.items.top; i++) {
		if (++n > max)
			return nt_yaml_wrong(y, nt_yaml_node(y, *i), _("more than %d of them"),
					     max);
		ret = take(y, nt_yaml_node(y, *i), to);
		if (ret)
			return ret;
	}
	return 0;
}

int nt_yaml_text(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	const char *s = scalar(v);

	if (!s || !*s)
		return nt_yaml_wrong(y, v, _("expected a text here"));
	if (v->data.scalar.length != strlen(s))
		return nt_yaml_wrong(y, v, _("a text cannot hold the character NUL"));
	*(const char **)to = s;
	return 0;
}

int nt_yaml_name(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	const char *s = scalar(v);
	size_t n = s ? strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") : 0;

	if (!n || s[n] || n > NAME_MAX_ || *s == '-')
		return nt_yaml_wrong(
			y, v, _("a name has small letters, digits and '-', at most %d of them"),
			NAME_MAX_);
	*(const char **)to = s;
	return 0;
}

int nt_yaml_bool(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	const char *s = scalar(v);

	if (!s || (strcmp(s, "true") && strcmp(s, "false")))
		return nt_yaml_wrong(y, v, _("expected true or false here"));
	*(bool *)to = *s == 't';
	return 0;
}

int nt_yaml_number(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	const char *s = scalar(v);
	char *end;
	long n = s ? strtol(s, &end, 10) : 0;

	if (!s || !*s || *end || n < 0 || n > 1000000000)
		return nt_yaml_wrong(y, v, _("expected a whole number here"));
	*(int *)to = (int)n;
	return 0;
}

/* a text that may be cut; it is freed with the document */
static char *own_copy(struct nt_yaml *y, const char *text)
{
	size_t size = strlen(text) + 1;
	struct nt_yaml_copy *c = malloc(sizeof(*c) + size);

	if (!c)
		return NULL;
	c->next = y->copies;
	y->copies = c;
	return memcpy(c->text, text, size);
}

static int one_word(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	struct nt_lab_words *w = to;

	return nt_yaml_text(y, v, &w->word[w->n++]);
}

int nt_yaml_words(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	struct nt_lab_words *w = to;
	const char *text = scalar(v);
	char *s, *word;

	if (!text)
		return nt_yaml_each(y, v, NT_LAB_WORDS_MAX, one_word, to);
	s = own_copy(y, text); /* aliases may come to this node again */
	if (!s)
		return nt_error_set(y->err, -ENOMEM, _("out of memory"));
	while ((word = strsep(&s, " \t\n"))) {
		if (!*word)
			continue;
		if (w->n == NT_LAB_WORDS_MAX)
			return nt_yaml_wrong(y, v, _("more than %d words"), NT_LAB_WORDS_MAX);
		w->word[w->n++] = word;
	}
	return w->n ? 0 : nt_yaml_wrong(y, v, _("expected words here"));
}

static json_t *plain(const yaml_node_t *v)
{
	const char *s = scalar(v);
	char *end;
	long long n;

	if (v->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return json_string(s);
	if (!strcmp(s, "true") || !strcmp(s, "false"))
		return json_boolean(*s == 't');
	if (!*s || !strcmp(s, "null") || !strcmp(s, "~"))
		return json_null();
	errno = 0;
	n = strtoll(s, &end, 10);
	return *end || errno ? json_string(s) : json_integer(n);
}

static json_t *value(struct nt_yaml *y, yaml_node_t *v, int depth);

static json_t *list_value(struct nt_yaml *y, yaml_node_t *v, int depth)
{
	json_t *list = json_array();
	yaml_node_item_t *i;

	for (i = v->data.sequence.items.start; i < v->data.sequence.items.top; i++) {
		json_t *one = value(y, nt_yaml_node(y, *i), depth + 1);

		if (!one) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, one);
	}
	return list;
}

/* what its words say; NULL with a sentence */
static json_t *value(struct nt_yaml *y, yaml_node_t *v, int depth)
{
	json_t *map, *one;
	yaml_node_pair_t *p;
	const char *key;

	if (depth > DEPTH_MAX) {
		nt_yaml_wrong(y, v, _("this is nested too deeply"));
		return NULL;
	}
	if (v->type == YAML_SCALAR_NODE) {
		one = plain(v);
		if (!one)
			nt_yaml_wrong(y, v, _("this is not UTF-8"));
		return one;
	}
	if (v->type == YAML_SEQUENCE_NODE)
		return list_value(y, v, depth);
	map = json_object();
	for (p = v->data.mapping.pairs.start; p < v->data.mapping.pairs.top; p++) {
		one = key_at(y, v, p, &key) ? NULL : value(y, nt_yaml_node(y, p->value), depth + 1);
		if (!one) {
			json_decref(map);
			return NULL;
		}
		json_object_set_new(map, key, one);
	}
	return map;
}

int nt_yaml_pattern(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	json_t **p = to;

	if (v->type != YAML_MAPPING_NODE)
		return nt_yaml_wrong(y, v,
				     _("expected fields of an object here: {type: segment, ...}"));
	*p = value(y, v, 0);
	return *p ? 0 : -EINVAL;
}
