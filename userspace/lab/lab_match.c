// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_match.c - does an object of the trace match a pattern?
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lab/lab_match.h"
#include "i18n.h"

static const char *const types[] = {
	"segment", "datagram", "icmp",	"transition", "conversation", "arp",   "nd",	  "gap",
	"call",	   "timer",    "queue", "drop",	      "route",	      "neigh", "program", NULL,
};

/* a field that no object has would make a claim of absence hold for ever */
static const char *const fields[] = {
	"type",
	"t",
	"conv",
	"n",
	"dir",
	"flags",
	"seq",
	"ack",
	"seq_abs",
	"ack_abs",
	"len",
	"win",
	"win_bytes",
	"ttl",
	"opts",
	"gso",
	"app",
	"marks",
	"sightings",
	"proto",
	"sport",
	"dport",
	"icmp",
	"about",
	"from",
	"nd_target",
	"request",
	"rtt",
	"after",
	"fragments",
	"to",
	"end",
	"basis",
	"cause",
	"left_ms",
	"late",
	"client",
	"server",
	"opened",
	"closed",
	"failed",
	"completeness",
	"client_state",
	"server_state",
	"segments",
	"bytes",
	"retransmissions",
	"op",
	"sender",
	"target",
	"broadcast",
	"multicast",
	"kind",
	"tries",
	"answered",
	"delay",
	"conflict",
	"lost",
	"cpu",
	"netns",
	"call",
	"args",
	"result",
	"error",
	"duration",
	"part",
	"listener",
	"pid",
	"tid",
	"comm",
	"timer",
	"event",
	"segment",
	"value_us",
	"backoff",
	"accept",
	"half_open",
	"syncookies",
	"verdict",
	"reason",
	"code",
	"text",
	"delivered",
	"dev",
	"addr",
	"why",
	"mac",
	"queued",
	"probes",
	"reachable_ms",
	"src",
	"dst",
	"gateway",
	"subnet",
	"prefix",
	"table",
	"protocol",
	"scope",
	"mtu",
	"name",
	"on",
	"status",
	"output",
	"igmp",
	NULL,
};

static const char *const operators[] = {
	"at_least", "at_most", "above", "below", "not", "has", NULL,
};

static bool in_list(const char *const *list, const char *word, size_t len)
{
	for (; *list; list++)
		if (strlen(*list) == len && !strncmp(*list, word, len))
			return true;
	return false;
}

const json_t *nt_lab_field(const json_t *item, const char *path)
{
	char part[64];

	while (item && *path) {
		size_t n = strcspn(path, ".");

		if (n >= sizeof(part))
			return NULL;
		memcpy(part, path, n);
		part[n] = '\0';
		if (json_is_array(item))
			item = json_array_get(item, (size_t)strtoul(part, NULL, 10));
		else
			item = json_object_get(item, part);
		path += n + (path[n] == '.');
	}
	return item;
}

const json_t *nt_lab_bound_item(const struct nt_lab_bound *bound, const char *name)
{
	int i;

	if (bound && !strcmp(name, "it"))
		return bound->it;
	for (i = 0; bound && i < bound->n; i++)
		if (!strcmp(bound->row[i].name, name))
			return bound->row[i].item;
	return NULL;
}

/* NAME.field of an item that has a name */
static const json_t *reference(const char *term, const struct nt_lab_bound *bound)
{
	char name[64];
	size_t n = strcspn(term, ".");

	if (n >= sizeof(name) || term[n] != '.')
		return NULL;
	memcpy(name, term, n);
	name[n] = '\0';
	return nt_lab_field(nt_lab_bound_item(bound, name), term + n + 1);
}

/* TERM [+ TERM | - TERM]...; sequence numbers count modulo 2^32 */
static bool sum(const char *text, const struct nt_lab_bound *bound, json_int_t *value)
{
	char copy[256], *rest = copy, *term;
	bool wrap = strstr(text, "_abs") != NULL;
	int sign = 1;

	*value = 0;
	if (strlen(text) >= sizeof(copy))
		return false;
	strcpy(copy, text);
	while ((term = strsep(&rest, " "))) {
		const json_t *v;
		char *end;
		long long n;

		if (!*term)
			continue;
		if (!strcmp(term, "+") || !strcmp(term, "-")) {
			sign = *term == '-' ? -1 : 1;
			continue;
		}
		n = strtoll(term, &end, 10);
		if (*end) {
			v = reference(term, bound);
			if (!json_is_integer(v))
				return false;
			n = json_integer_value(v);
		}
		*value += sign * n;
		sign = 1;
	}
	if (wrap)
		*value &= 0xffffffff;
	return true;
}

/* what "=..." stands for, or @want itself; a new reference, NULL: nothing */
static json_t *resolve(const json_t *want, const struct nt_lab_bound *bound)
{
	const char *s = json_string_value(want);
	const json_t *v;
	json_int_t n;

	if (!s || *s != '=')
		return json_incref((json_t *)(uintptr_t)want);
	v = strchr(s, ' ') ? NULL : reference(s + 1, bound);
	if (v)
		return json_incref((json_t *)(uintptr_t)v);
	return sum(s + 1, bound, &n) ? json_integer(n) : NULL;
}

static bool is_operator(const json_t *want)
{
	void *it = json_object_iter((json_t *)(uintptr_t)want);
	const char *key = it ? json_object_iter_key(it) : NULL;

	return key && in_list(operators, key, strlen(key));
}

static bool value_ok(const json_t *want, const json_t *have, const struct nt_lab_bound *bound);

/* a list of flags has a flag, a text has a part */
static bool has(const json_t *want, const json_t *have)
{
	const char *h = json_string_value(have), *w = json_string_value(want);

	return h && w && strstr(h, w);
}

static bool operator_ok(const char *op, const json_t *want, const json_t *have,
			const struct nt_lab_bound *bound)
{
	json_t *w;
	bool ok = false;
	json_int_t a, b;

	if (!strcmp(op, "not"))
		return !value_ok(want, have, bound);
	w = resolve(want, bound);
	if (!strcmp(op, "has")) {
		ok = has(w, have);
	} else if (json_is_integer(w) && json_is_integer(have)) {
		a = json_integer_value(have);
		b = json_integer_value(w);
		ok = !strcmp(op, "at_least") ? a >= b :
		     !strcmp(op, "at_most")  ? a <= b :
		     !strcmp(op, "above")    ? a > b :
					       a < b;
	}
	json_decref(w);
	return ok;
}

static bool operators_ok(const json_t *want, const json_t *have, const struct nt_lab_bound *bound)
{
	const char *op;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)want, op,
			    v) if (!operator_ok(op, v, have, bound)) return false;
	return true;
}

/* one of a list in the trace is enough */
static bool any_of_have(const json_t *want, const json_t *have, const struct nt_lab_bound *bound)
{
	size_t i;

	for (i = 0; i < json_array_size(have); i++)
		if (value_ok(want, json_array_get(have, i), bound))
			return true;
	return false;
}

static bool any_of_want(const json_t *want, const json_t *have, const struct nt_lab_bound *bound)
{
	size_t i;

	for (i = 0; i < json_array_size(want); i++)
		if (value_ok(json_array_get(want, i), have, bound))
			return true;
	return false;
}

static bool value_ok(const json_t *want, const json_t *have, const struct nt_lab_bound *bound)
{
	json_t *w;
	bool ok;

	if (json_is_null(want))
		return !have || json_is_null(have);
	if (json_is_array(want))
		return any_of_want(want, have, bound);
	if (json_is_object(want) && is_operator(want)) {
		const json_t *not = json_object_get(want, "not");

		/* none of a list, not: one that is something else */
		if (not &&json_is_array(have))
			return !any_of_have(not, have, bound);
		if (!json_is_array(have))
			return operators_ok(want, have, bound);
	}
	if (json_is_array(have))
		return any_of_have(want, have, bound);
	if (json_is_object(want))
		return nt_lab_match(want, have, bound);
	w = resolve(want, bound);
	ok = w && have && json_equal(w, have);
	json_decref(w);
	return ok;
}

bool nt_lab_match(const json_t *pattern, const json_t *item, const struct nt_lab_bound *bound)
{
	const char *path;
	json_t *want;

	if (!json_is_object(item))
		return false;
	json_object_foreach((json_t *)(uintptr_t)pattern, path,
			    want) if (!value_ok(want, nt_lab_field(item, path),
						bound)) return false;
	return true;
}

struct names {
	bool (*known)(const void *arg, const char *name);
	const void *arg;
	struct nt_error *err;
};

static int check_expression(const char *text, const struct names *n)
{
	char copy[256], *rest = copy, *term;

	if (strlen(text) >= sizeof(copy))
		return nt_error_set(n->err, -EINVAL, _("'%s' is too long"), text);
	strcpy(copy, text + 1);
	while ((term = strsep(&rest, " "))) {
		size_t len = strcspn(term, ".");
		char *end;

		if (!*term || !strcmp(term, "+") || !strcmp(term, "-"))
			continue;
		strtoll(term, &end, 10);
		if (!*end)
			continue;
		if (term[len] != '.')
			return nt_error_set(n->err, -EINVAL,
					    _("'%s': '%s' is neither a number nor NAME.FIELD"),
					    text, term);
		term[len] = '\0';
		if (strcmp(term, "it") && (!n->known || !n->known(n->arg, term)))
			return nt_error_set(n->err, -EINVAL, _("'%s': no claim above has 'as: %s'"),
					    text, term);
		term += len + 1;
		if (!in_list(fields, term, strcspn(term, ".")))
			return nt_error_set(n->err, -EINVAL, _("'%s': no object has that field"),
					    text);
	}
	return 0;
}

static int check_values(const json_t *v, const struct names *n)
{
	const char *s = json_string_value(v), *key;
	json_t *sub;
	size_t i;
	int ret = 0;

	if (s && *s == '=')
		return check_expression(s, n);
	for (i = 0; !ret && i < json_array_size(v); i++)
		ret = check_values(json_array_get(v, i), n);
	if (!json_is_object(v))
		return ret;
	json_object_foreach((json_t *)(uintptr_t)v, key, sub)
	{
		ret = check_values(sub, n);
		if (ret)
			return ret;
	}
	return 0;
}

int nt_lab_pattern_check(const json_t *pattern, bool (*known)(const void *arg, const char *name),
			 const void *arg, struct nt_error *err)
{
	const struct names n = { known, arg, err };
	const char *type = json_string_value(json_object_get(pattern, "type")), *key;
	json_t *v;
	int ret;

	if (!type)
		return nt_error_set(err, -EINVAL, _("'see' needs a 'type', such as segment"));
	if (!in_list(types, type, strlen(type)))
		return nt_error_set(err, -EINVAL, _("no object of the trace has type '%s'"), type);
	json_object_foreach((json_t *)(uintptr_t)pattern, key, v)
	{
		if (!in_list(fields, key, strcspn(key, ".")))
			return nt_error_set(err, -EINVAL,
					    _("no object of the trace has a field '%s'"), key);
		ret = check_values(v, &n);
		if (ret)
			return ret;
	}
	return 0;
}
