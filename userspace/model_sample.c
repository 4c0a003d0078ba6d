// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_sample.c - see model_sample.h
 */
#include "model_sample.h"

int64_t nt_sample_left(const struct nettrace_timer *r, enum nt_timer_name name)
{
	static const struct {
		uint8_t bit;
		uint8_t which; /* left_ms, delack_ms, keep_ms */
	} of[] = {
		[NT_TIMER_RTO] = { NETTRACE_TIMER_RTO, 0 },
		[NT_TIMER_TLP] = { NETTRACE_TIMER_TLP, 0 },
		[NT_TIMER_REO] = { NETTRACE_TIMER_REO, 0 },
		[NT_TIMER_PERSIST] = { NETTRACE_TIMER_PERSIST, 0 },
		[NT_TIMER_DELACK] = { NETTRACE_TIMER_DELACK, 1 },
		[NT_TIMER_KEEPALIVE] = { NETTRACE_TIMER_KEEP, 2 },
		[NT_TIMER_FIN_WAIT_2] = { NETTRACE_TIMER_FIN2, 2 },
		[NT_TIMER_TIME_WAIT] = { NETTRACE_TIMER_TW, 2 },
		[NT_TIMER_SYN_ACK] = { NETTRACE_TIMER_RTO, 0 },
	};
	const uint32_t left[] = { r->left_ms, r->delack_ms, r->keep_ms };
	bool request = r->kind == NETTRACE_SK_REQUEST;

	_Static_assert(sizeof(of) / sizeof(of[0]) == NT_TIMER_MAX, "every timer is sampled");
	if ((name == NT_TIMER_RTO && request) || (name == NT_TIMER_SYN_ACK && !request) ||
	    !(r->armed & of[name].bit))
		return -1;
	return left[of[name].which];
}

uint32_t nt_sample_value(const struct nettrace_timer *r, enum nt_timer_name name)
{
	uint32_t ms;

	switch (name) {
	case NT_TIMER_RTO:
	case NT_TIMER_SYN_ACK:
		return r->rto_us;
	case NT_TIMER_DELACK:
		return r->ato_ms * 1000;
	case NT_TIMER_KEEPALIVE: /* hours do not fit */
		ms = r->probes_out ? r->keep_intvl_ms : r->keep_time_ms;
		return ms > UINT32_MAX / 1000 ? 0 : ms * 1000;
	default:
		return 0;
	}
}
