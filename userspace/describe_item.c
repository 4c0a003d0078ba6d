// SPDX-License-Identifier: GPL-2.0-only
/*
 * describe_item.c - calls, timers and queues as short pieces of text
 */
#include <inttypes.h>
#include <string.h>

#include "calls.h"
#include "describe.h"
#include "i18n.h"
#include "names.h"
#include "text.h"

char *nt_describe_size(char *buf, size_t size, uint64_t bytes)
{
	static const char *const unit[] = { "kB", "MB", "GB", "TB" };
	double v = (double)bytes;
	int i = -1;

	if (bytes < 10000) {
		snprintf(buf, size, "%" PRIu64 " B", bytes);
		return buf;
	}
	while (v >= 999.5 && i < 3) {
		v /= 1000;
		i++;
	}
	snprintf(buf, size, v < 9.95 ? "%.1f %s" : "%.0f %s", v, unit[i]);
	return buf;
}

static void put_args(char *buf, size_t size, const struct nt_call *call, bool brief)
{
	struct nt_call_arg arg[NT_CALL_ARGS];
	int i, n = nt_call_args(call, arg);
	char addr[NT_ADDR_TEXT];
	size_t used = 0;

	*buf = '\0';
	for (i = 0; i < n && used < size; i++) {
		const struct nt_call_arg *a = &arg[i];
		const char *comma = i ? ", " : "";

		if (a->is_zero)
			continue;
		if (brief && !a->is_addr && !a->is_number && (strchr(a->text, '|') || i == n - 1))
			used += (size_t)snprintf(buf + used, size - used, "%s%.*s…", comma,
						 i == n - 1 ? 0 : (int)strcspn(a->text, "|") + 1,
						 a->text);
		else if (a->is_addr)
			used += (size_t)snprintf(buf + used, size - used, "%s%s", comma,
						 nt_describe_addr(addr, sizeof(addr), &call->addr));
		else if (a->is_number)
			used += (size_t)snprintf(buf + used, size - used, "%s%" PRId64 "%s", comma,
						 a->number, a->is_bytes ? " B" : "");
		else
			used += (size_t)snprintf(buf + used, size - used, "%s%s", comma, a->text);
	}
}

/* the result, once it is known */
static void add_result(struct nt_label *label, const struct nt_call *call)
{
	char err[32], span[24];

	if (call->result < 0)
		nt_label_add(label, 1, NT_ROLE_MARK, "= %s",
			     nt_errno_name(-call->result, err, sizeof(err)));
	else
		nt_label_add(label, 1, NT_ROLE_CAUSE, "= %" PRId64, call->result);
	nt_label_add(label, NT_RANK_EXTRA, NT_ROLE_DIM, " %s",
		     nt_describe_span(span, sizeof(span), call->t_end - call->t));
}

void nt_describe_call(struct nt_label *label, const struct nt_call *call, enum nt_call_part part,
		      bool brief)
{
	const char *name = call->name ? call->name : "?";
	char args[400], owner[NT_OWNER_TEXT];

	nt_label_start(label);
	put_args(args, sizeof(args), call, brief);
	if (part == NT_CALL_RETURNED)
		nt_label_add(label, 0, NT_ROLE_CAUSE, _("%s() returns"), name);
	else
		nt_label_add(label, 0, NT_ROLE_CAUSE, "%s(%s)", name, args);
	if (part == NT_CALL_BEGUN)
		nt_label_add(label, 1, NT_ROLE_DIM, "…");
	else if (call->t_end)
		add_result(label, call);
	else
		nt_label_add(label, 1, NT_ROLE_DIM, "%s", _("has not returned"));
	if (*nt_describe_owner(owner, sizeof(owner), call->comm, call->pid))
		nt_label_add(label, NT_RANK_EXTRA + 1, NT_ROLE_DIM, " %s", owner);
	if (call->listener)
		nt_label_add(label, NT_RANK_EXTRA + 2, NT_ROLE_DIM, "%s", _(" on the listener"));
}

const char *nt_timer_text(enum nt_timer_name name)
{
	static const char *const text[] = {
		[NT_TIMER_RTO] = N_("RTO timer"),
		[NT_TIMER_TLP] = N_("TLP timer"),
		[NT_TIMER_REO] = N_("RACK timer"),
		[NT_TIMER_PERSIST] = N_("persist timer"),
		[NT_TIMER_DELACK] = N_("delayed-ACK timer"),
		[NT_TIMER_KEEPALIVE] = N_("keepalive timer"),
		[NT_TIMER_FIN_WAIT_2] = N_("FIN-WAIT-2 timer"),
		[NT_TIMER_TIME_WAIT] = N_("TIME-WAIT timer"),
		[NT_TIMER_SYN_ACK] = N_("SYN,ACK timer"),
	};

	_Static_assert(sizeof(text) / sizeof(text[0]) == NT_TIMER_MAX, "every timer has a text");
	return (unsigned int)name < NT_TIMER_MAX ? _(text[name]) : "?";
}

static void add_backoff(struct nt_label *label, uint8_t n)
{
	if (n == 1)
		nt_label_add(label, 1, NT_ROLE_MARK, "%s", _("doubled once"));
	else if (n)
		nt_label_add(label, 1, NT_ROLE_MARK, _("doubled %u times"), n);
}

void nt_describe_timer(struct nt_label *label, const struct nt_timer *tm)
{
	bool sure = tm->basis == NT_OBSERVED;
	enum nt_role role = sure ? NT_ROLE_TIMER : NT_ROLE_INFERRED;
	const char *name = nt_timer_text(tm->name), *mark = sure ? "" : "~";
	char span[24];

	nt_label_start(label);
	switch (tm->event) {
	case NT_TIMER_ARMED:
	case NT_TIMER_RESET:
		nt_describe_span(span, sizeof(span), tm->left_ms * 1000000LL);
		nt_label_add(label, 0, role,
			     tm->event == NT_TIMER_ARMED ? _("%s%s armed:") : _("%s%s set anew:"),
			     mark, name);
		nt_label_add(label, 0, role, "%s", span);
		if (tm->value_us && tm->value_us / 1000 != tm->left_ms)
			nt_label_add(label, 2, NT_ROLE_DIM, _("of %s"),
				     nt_describe_span(span, sizeof(span), tm->value_us * 1000LL));
		add_backoff(label, tm->backoff);
		break;
	case NT_TIMER_STOPPED:
		nt_label_add(label, 0, role, _("%s%s stopped"), mark, name);
		break;
	case NT_TIMER_FIRED:
		nt_label_add(label, 0, sure ? NT_ROLE_MARK : role, _("%s%s fires"), mark, name);
		add_backoff(label, tm->backoff);
		break;
	default:
		nt_label_add(label, 0, role, "%s%s %s", mark, name, nt_timer_event_name(tm->event));
	}
}

static void add_accept(struct nt_label *label, int rank, enum nt_role role,
		       const struct nt_queue *q)
{
	nt_label_add(label, rank, role, _("accept queue %" PRIu32 "/%" PRIu32 "%s"), q->accept_len,
		     q->accept_max, q->ack ? "" : ",");
}

void nt_describe_queue(struct nt_label *label, const struct nt_queue *q)
{
	bool sure = q->basis == NT_OBSERVED;
	enum nt_role role = sure ? NT_ROLE_MARK : NT_ROLE_INFERRED;
	const char *mark = sure ? "" : "~";

	nt_label_start(label);
	switch (q->verdict) {
	case NT_QUEUE_OK:
		add_accept(label, 0, NT_ROLE_DIM, q);
		if (!q->ack)
			nt_label_add(label, 0, NT_ROLE_DIM, _("half open %" PRIu32),
				     q->request_len);
		break;
	case NT_QUEUE_ACCEPT_FULL:
		nt_label_add(label, 0, role, _("%sACCEPT QUEUE FULL (%" PRIu32 "/%" PRIu32 "):"),
			     mark, q->accept_len, q->accept_max);
		nt_label_add(label, 1, role, _("segment %" PRIu32 " is dropped"), q->arrow);
		break;
	case NT_QUEUE_REQUEST_FULL:
		nt_label_add(label, 0, role, _("%sHALF-OPEN QUEUE FULL (%" PRIu32 "):"), mark,
			     q->request_len);
		nt_label_add(label, 1, role, _("segment %" PRIu32 " is dropped"), q->arrow);
		break;
	case NT_QUEUE_COOKIE:
		if (q->syncookies == 2) /* always, for tests */
			nt_label_add(label, 0, role, _("%stcp_syncookies is 2:"), mark);
		else
			nt_label_add(label, 0, role, _("%sHALF-OPEN QUEUE FULL (%" PRIu32 "):"),
				     mark, q->request_len);
		nt_label_add(label, 1, role, "%s", _("a SYN cookie answers"));
		break;
	case NT_QUEUE_UNANSWERED:
		nt_label_add(label, 0, role, _("%ssegment %" PRIu32 " is not answered:"), mark,
			     q->arrow);
		add_accept(label, 1, role, q);
		nt_label_add(label, 1, role, _("half open %" PRIu32), q->request_len);
		break;
	default:
		nt_label_add(label, 0, role, "%s%s:", mark, nt_queue_verdict_name(q->verdict));
		add_accept(label, 0, NT_ROLE_PLAIN, q);
	}
}

char *nt_describe_gap(char *buf, size_t size, const struct nt_gap *gap, const char *netns)
{
	const char *text = ngettext("%" PRIu64 " event lost on CPU %u",
				    "%" PRIu64 " events lost on CPU %u", gap->lost);
	size_t n = (size_t)snprintf(buf, size, text, gap->lost, gap->cpu);

	if (*netns && n < size)
		snprintf(buf + n, size - n, " (%s)", netns);
	return buf;
}

/* what befell it, and where */
static void befell(char *buf, size_t size, bool delivered, const char *which, const char *netns)
{
	if (*which && *netns)
		snprintf(buf, size, delivered ? _("%s discarded in %s") : _("✕ %s dropped in %s"),
			 which, netns);
	else if (*which)
		snprintf(buf, size, delivered ? _("%s discarded") : _("✕ %s dropped"), which);
	else if (*netns)
		snprintf(buf, size, delivered ? _("discarded in %s") : _("✕ dropped in %s"), netns);
	else
		snprintf(buf, size, "%s", delivered ? _("discarded") : _("✕ dropped"));
}

void nt_describe_drop(struct nt_label *label, const struct nt_drop *drop, const char *which,
		      const char *netns)
{
	const char *text = drop->reason ? nt_drop_text(drop->reason) : NULL;
	char dev[NETTRACE_NAME_LEN * NT_ESCAPE_MAX + 1], where[128];

	nt_label_start(label);
	befell(where, sizeof(where), drop->delivered, which, netns);
	nt_label_add(label, 0, NT_ROLE_MARK, "%s%s%s", where, drop->reason ? ": " : "",
		     drop->reason ? drop->reason : "");
	if (text)
		nt_label_add(label, 1, NT_ROLE_MARK, "(%s)", _(text));
	nt_text_escape(dev, sizeof(dev), drop->dev, NETTRACE_NAME_LEN);
	if (*dev)
		nt_label_add(label, NT_RANK_EXTRA, NT_ROLE_DIM, _("on %s"), dev);
}
