// SPDX-License-Identifier: GPL-2.0-only
/*
 * describe_item.c - calls, timers and queues as short pieces of text
 */
#include <inttypes.h>
#include <string.h>

#include "calls.h"
#include "describe.h"
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
		nt_label_add(label, 0, NT_ROLE_CAUSE, "%s() returns", name);
	else
		nt_label_add(label, 0, NT_ROLE_CAUSE, "%s(%s)", name, args);
	if (part == NT_CALL_BEGUN)
		nt_label_add(label, 1, NT_ROLE_DIM, "…");
	else if (call->t_end)
		add_result(label, call);
	else
		nt_label_add(label, 1, NT_ROLE_DIM, "has not returned");
	if (*nt_describe_owner(owner, sizeof(owner), call->comm, call->pid))
		nt_label_add(label, NT_RANK_EXTRA + 1, NT_ROLE_DIM, " %s", owner);
	if (call->listener)
		nt_label_add(label, NT_RANK_EXTRA + 2, NT_ROLE_DIM, " on the listener");
}

const char *nt_timer_text(enum nt_timer_name name)
{
	static const char *const text[] = {
		[NT_TIMER_RTO] = "RTO timer",
		[NT_TIMER_TLP] = "TLP timer",
		[NT_TIMER_REO] = "RACK timer",
		[NT_TIMER_PERSIST] = "persist timer",
		[NT_TIMER_DELACK] = "delayed-ACK timer",
		[NT_TIMER_KEEPALIVE] = "keepalive timer",
		[NT_TIMER_FIN_WAIT_2] = "FIN-WAIT-2 timer",
		[NT_TIMER_TIME_WAIT] = "TIME-WAIT timer",
		[NT_TIMER_SYN_ACK] = "SYN,ACK timer",
	};

	_Static_assert(sizeof(text) / sizeof(text[0]) == NT_TIMER_MAX, "every timer has a text");
	return (unsigned int)name < NT_TIMER_MAX ? text[name] : "? timer";
}

static void add_backoff(struct nt_label *label, uint8_t n)
{
	if (n == 1)
		nt_label_add(label, 1, NT_ROLE_MARK, "doubled once");
	else if (n)
		nt_label_add(label, 1, NT_ROLE_MARK, "doubled %u times", n);
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
		nt_label_add(label, 0, role, "%s%s %s", mark, name,
			     tm->event == NT_TIMER_ARMED ? "armed:" : "set anew:");
		nt_label_add(label, 0, role, "%s", span);
		if (tm->value_us && tm->value_us / 1000 != tm->left_ms)
			nt_label_add(label, 2, NT_ROLE_DIM, "of %s",
				     nt_describe_span(span, sizeof(span), tm->value_us * 1000LL));
		add_backoff(label, tm->backoff);
		break;
	case NT_TIMER_STOPPED:
		nt_label_add(label, 0, role, "%s%s stopped", mark, name);
		break;
	case NT_TIMER_FIRED:
		nt_label_add(label, 0, sure ? NT_ROLE_MARK : role, "%s%s fires", mark, name);
		add_backoff(label, tm->backoff);
		break;
	default:
		nt_label_add(label, 0, role, "%s%s %s", mark, name, nt_timer_event_name(tm->event));
	}
}

static void add_accept(struct nt_label *label, int rank, enum nt_role role,
		       const struct nt_queue *q)
{
	nt_label_add(label, rank, role, "accept queue %" PRIu32 "/%" PRIu32 "%s", q->accept_len,
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
			nt_label_add(label, 0, NT_ROLE_DIM, "half open %" PRIu32, q->request_len);
		break;
	case NT_QUEUE_ACCEPT_FULL:
		nt_label_add(label, 0, role, "%sACCEPT QUEUE FULL (%" PRIu32 "/%" PRIu32 "):", mark,
			     q->accept_len, q->accept_max);
		nt_label_add(label, 1, role, "segment %" PRIu32 " is dropped", q->arrow);
		break;
	case NT_QUEUE_REQUEST_FULL:
		nt_label_add(label, 0, role, "%sHALF-OPEN QUEUE FULL (%" PRIu32 "):", mark,
			     q->request_len);
		nt_label_add(label, 1, role, "segment %" PRIu32 " is dropped", q->arrow);
		break;
	case NT_QUEUE_COOKIE:
		if (q->syncookies == 2) /* always, for tests */
			nt_label_add(label, 0, role, "%stcp_syncookies is 2:", mark);
		else
			nt_label_add(label, 0, role, "%sHALF-OPEN QUEUE FULL (%" PRIu32 "):", mark,
				     q->request_len);
		nt_label_add(label, 1, role, "a SYN cookie answers");
		break;
	case NT_QUEUE_UNANSWERED:
		nt_label_add(label, 0, role, "%ssegment %" PRIu32 " is not answered:", mark,
			     q->arrow);
		add_accept(label, 1, role, q);
		nt_label_add(label, 1, role, "half open %" PRIu32, q->request_len);
		break;
	default:
		nt_label_add(label, 0, role, "%s%s:", mark, nt_queue_verdict_name(q->verdict));
		add_accept(label, 0, NT_ROLE_PLAIN, q);
	}
}

void nt_describe_drop(struct nt_label *label, const struct nt_drop *drop, const char *which,
		      const char *netns)
{
	const char *text = drop->reason ? nt_drop_text(drop->reason) : NULL;
	char dev[NETTRACE_NAME_LEN * NT_ESCAPE_MAX + 1];

	nt_label_start(label);
	nt_label_add(label, 0, NT_ROLE_MARK, "%s%s%s%s%s%s%s%s", drop->delivered ? "" : "✕ ", which,
		     *which ? " " : "", drop->delivered ? "discarded" : "dropped",
		     *netns ? " in " : "", netns, drop->reason ? ": " : "",
		     drop->reason ? drop->reason : "");
	if (text)
		nt_label_add(label, 1, NT_ROLE_MARK, "(%s)", text);
	nt_text_escape(dev, sizeof(dev), drop->dev, NETTRACE_NAME_LEN);
	if (*dev)
		nt_label_add(label, NT_RANK_EXTRA, NT_ROLE_DIM, "on %s", dev);
}
