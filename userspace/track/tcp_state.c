// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcp_state.c - see tcp_state.h
 */
#include "tcp_state.h"

const char *nt_state_name(enum nt_state s)
{
	static const char *const name[NT_ST_MAX] = {
		[NT_ST_NONE] = "?",
		[NT_CLOSED] = "CLOSED",
		[NT_LISTEN] = "LISTEN",
		[NT_SYN_SENT] = "SYN-SENT",
		[NT_SYN_RECEIVED] = "SYN-RECEIVED",
		[NT_ESTABLISHED] = "ESTABLISHED",
		[NT_FIN_WAIT_1] = "FIN-WAIT-1",
		[NT_FIN_WAIT_2] = "FIN-WAIT-2",
		[NT_CLOSE_WAIT] = "CLOSE-WAIT",
		[NT_CLOSING] = "CLOSING",
		[NT_LAST_ACK] = "LAST-ACK",
		[NT_TIME_WAIT] = "TIME-WAIT",
	};

	return (unsigned int)s < NT_ST_MAX ? name[s] : "?";
}

enum nt_state nt_state_from_kernel(unsigned int k)
{
	static const enum nt_state state[__NETTRACE_TCP_STATE_MAX] = {
		[NETTRACE_TCP_NONE] = NT_ST_NONE,
		[NETTRACE_TCP_ESTABLISHED] = NT_ESTABLISHED,
		[NETTRACE_TCP_SYN_SENT] = NT_SYN_SENT,
		[NETTRACE_TCP_SYN_RECV] = NT_SYN_RECEIVED,
		[NETTRACE_TCP_FIN_WAIT1] = NT_FIN_WAIT_1,
		[NETTRACE_TCP_FIN_WAIT2] = NT_FIN_WAIT_2,
		[NETTRACE_TCP_TIME_WAIT] = NT_TIME_WAIT,
		[NETTRACE_TCP_CLOSE] = NT_CLOSED,
		[NETTRACE_TCP_CLOSE_WAIT] = NT_CLOSE_WAIT,
		[NETTRACE_TCP_LAST_ACK] = NT_LAST_ACK,
		[NETTRACE_TCP_LISTEN] = NT_LISTEN,
		[NETTRACE_TCP_CLOSING] = NT_CLOSING,
		[NETTRACE_TCP_NEW_SYN_RECV] = NT_SYN_RECEIVED,
	};

	return k < __NETTRACE_TCP_STATE_MAX ? state[k] : NT_ST_NONE;
}
