/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab_yaml.h - a YAML document, read with sentences that name the line
 *
 * Purpose:   tables of keys say what a mapping may hold; what else it holds, holds
 *            twice, or lacks, is an error with its line.
 * Ownership: strings belong to the document (nt_yaml_free()); patterns are new
 *            references.
 */
#ifndef NETTRACE_LAB_YAML_H
#define NETTRACE_LAB_YAML_H

#include <jansson.h>
#include <stdbool.h>
#include <yaml.h>

#include "lab.h"

/* a text that was cut into words */
struct nt_yaml_copy {
	struct nt_yaml_copy *next;
	char text[];
};

struct nt_yaml {
	yaml_document_t doc;
	bool loaded;
	struct nt_yaml_copy *copies;
	char name[256]; /* of the file, for sentences */
	struct nt_error *err;
	struct nt_lab *lab; /* that is filled */
};

struct nt_yaml_key {
	const char *name;
	int (*take)(struct nt_yaml *y, yaml_node_t *value, void *to);
	size_t offset; /* of what is filled, in the struct */
	bool needed;
};

/** nt_yaml_load() - one document; what libyaml says of a mistake comes with its line */
int nt_yaml_load(struct nt_yaml *y, const char *text, size_t len);
void nt_yaml_free(struct nt_yaml *y);

/** nt_yaml_wrong() - a sentence about that node; returns -EINVAL */
int nt_yaml_wrong(const struct nt_yaml *y, const yaml_node_t *node, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

int nt_yaml_line(const yaml_node_t *node);
yaml_node_t *nt_yaml_node(struct nt_yaml *y, int index);

/** nt_yaml_map() - fill @to by a table of @n keys */
int nt_yaml_map(struct nt_yaml *y, yaml_node_t *map, const struct nt_yaml_key *key, int n,
		void *to);

/** nt_yaml_each() - call @take for every element of a list, at most @max */
int nt_yaml_each(struct nt_yaml *y, yaml_node_t *list, int max,
		 int (*take)(struct nt_yaml *y, yaml_node_t *value, void *to), void *to);

/** nt_yaml_pairs() - the same for every pair of a mapping */
int nt_yaml_pairs(struct nt_yaml *y, yaml_node_t *map, int max,
		  int (*take)(struct nt_yaml *y, const char *key, yaml_node_t *value, void *to),
		  void *to);

/* what values can be; @to is const char **, bool *, int *, struct nt_lab_words *, json_t ** */
int nt_yaml_text(struct nt_yaml *y, yaml_node_t *v, void *to);
int nt_yaml_name(struct nt_yaml *y, yaml_node_t *v, void *to);
int nt_yaml_bool(struct nt_yaml *y, yaml_node_t *v, void *to);
int nt_yaml_number(struct nt_yaml *y, yaml_node_t *v, void *to);
int nt_yaml_words(struct nt_yaml *y, yaml_node_t *v, void *to);
int nt_yaml_pattern(struct nt_yaml *y, yaml_node_t *v, void *to);

#endif /* NETTRACE_LAB_YAML_H */
