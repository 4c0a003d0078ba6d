// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab-strings FILE.lab... - what lab files say to their reader, for translators
 *
 * Prints a PO entry, with file and line, for each text that nt_lab_text() is asked for
 * (docs/labs.md).  It is the text as libyaml folds it, which is what the tool looks up.
 * scripts/po builds and runs it; selftests/unit/test_lab.c says when a text is not found.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#define DEEP 16 /* lists in lists */

static const char *const told[] = {
	"title", "chapter", "about", "summary", "say", "then", "text", "book", "kernel", "why",
};

static bool is(const yaml_node_t *node, const char *name)
{
	return node && node->type == YAML_SCALAR_NODE &&
	       !strcmp((const char *)node->data.scalar.value, name);
}

static void print_entry(const char *file, const yaml_node_t *node)
{
	const char *p = (const char *)node->data.scalar.value;

	if (!*p)
		return;
	printf("#: %s:%zu\nmsgid \"", file, node->start_mark.line + 1);
	for (; *p; p++) {
		if (*p == '\n')
			fputs("\\n", stdout);
		else if (*p == '"' || *p == '\\')
			printf("\\%c", *p);
		else
			putchar(*p);
	}
	fputs("\"\nmsgstr \"\"\n\n", stdout);
}

static void walk(const char *file, yaml_document_t *doc, yaml_node_t *node, int depth)
{
	yaml_node_item_t *item;
	yaml_node_pair_t *pair;

	if (!node || depth > DEEP)
		return;
	if (node->type == YAML_SEQUENCE_NODE)
		for (item = node->data.sequence.items.start; item < node->data.sequence.items.top;
		     item++)
			walk(file, doc, yaml_document_get_node(doc, *item), depth + 1);
	if (node->type != YAML_MAPPING_NODE)
		return;
	for (pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
		yaml_node_t *key = yaml_document_get_node(doc, pair->key);
		yaml_node_t *value = yaml_document_get_node(doc, pair->value);
		size_t i;

		if (is(key, "see")) /* a pattern: compared, not told */
			continue;
		for (i = 0; i < sizeof(told) / sizeof(told[0]); i++)
			if (value && value->type == YAML_SCALAR_NODE && is(key, told[i]))
				print_entry(file, value);
		walk(file, doc, value, depth + 1);
	}
}

static int read_lab(const char *file)
{
	yaml_document_t doc;
	yaml_parser_t parser;
	FILE *f = fopen(file, "r");
	bool ok;

	if (!f) {
		perror(file);
		return 1;
	}
	if (!yaml_parser_initialize(&parser)) {
		fclose(f);
		return 1;
	}
	yaml_parser_set_input_file(&parser, f);
	ok = yaml_parser_load(&parser, &doc);
	if (ok) {
		walk(file, &doc, yaml_document_get_root_node(&doc), 0);
		yaml_document_delete(&doc);
	} else {
		fprintf(stderr, "%s:%zu: %s\n", file, parser.problem_mark.line + 1, parser.problem);
	}
	yaml_parser_delete(&parser);
	fclose(f);
	return !ok;
}

int main(int argc, char **argv)
{
	int i, bad = 0;

	for (i = 1; i < argc; i++)
		bad |= read_lab(argv[i]);
	return bad;
}
