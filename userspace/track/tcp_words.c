// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcp_words.c - the meanings of segments: their names, and their answers
 */
#include "tcp_meaning.h"

const char *nt_meaning_name(enum nt_meaning m)
{
	static const char *const name[NT_MEANING_MAX] = {
		[NT_SND_SYN] = "snd-syn",
		[NT_SND_SYNACK] = "snd-syn-ack",
		[NT_SND_ACK] = "snd-ack",
		[NT_SND_TEXT] = "snd-text",
		[NT_SND_ACK_OF_FIN] = "snd-ack-of-fin",
		[NT_SND_FIN] = "snd-fin",
		[NT_SND_RST] = "snd-rst",
		[NT_SND_RST_REPLY] = "snd-rst-reply",
		[NT_SND_RST_REFUSE] = "snd-rst-refuse",
		[NT_RCV_SYN] = "rcv-syn",
		[NT_RCV_SYNACK] = "rcv-syn-ack",
		[NT_RCV_ACK_OF_SYN] = "rcv-ack-of-syn",
		[NT_RCV_ACK] = "rcv-ack",
		[NT_RCV_ACK_OF_FIN] = "rcv-ack-of-fin",
		[NT_RCV_TEXT] = "rcv-text",
		[NT_RCV_PROBE] = "rcv-probe",
		[NT_RCV_FIN] = "rcv-fin",
		[NT_RCV_FIN_EARLY] = "rcv-fin-early",
		[NT_RCV_RST] = "rcv-rst",
		[NT_RCV_RST_CHALLENGE] = "rcv-rst-challenge",
		[NT_RCV_RST_OUTSIDE] = "rcv-rst-outside",
		[NT_RCV_SYN_AGAIN] = "rcv-syn-again",
		[NT_RCV_SYN_CHALLENGE] = "rcv-syn-challenge",
		[NT_RCV_SYN_REUSE] = "rcv-syn-reuse",
		[NT_RCV_OLD_DUPLICATE] = "rcv-old-duplicate",
		[NT_RCV_UNACCEPTABLE] = "rcv-unacceptable",
		[NT_RCV_PAWS] = "rcv-paws",
		[NT_RCV_NO_ACK] = "rcv-no-ack",
		[NT_RCV_BAD_ACK] = "rcv-bad-ack",
		[NT_RCV_ACK_UNSENT] = "rcv-ack-unsent",
		[NT_RCV_ACK_TOO_OLD] = "rcv-ack-too-old",
		[NT_RCV_IGNORED] = "rcv-ignored",
		[NT_RCV_TO_NOBODY] = "rcv-to-nobody",
		[NT_USR_OPEN] = "usr-open",
		[NT_USR_LISTEN] = "usr-listen",
		[NT_USR_CLOSE] = "usr-close",
		[NT_USR_ABORT] = "usr-abort",
		[NT_TMO_USER] = "tmo-user",
		[NT_TMO_TIME_WAIT] = "tmo-time-wait",
		[NT_ICMP_HARD] = "icmp-hard",
	};

	return (unsigned int)m < NT_MEANING_MAX ? name[m] : "?";
}

enum nt_answer nt_meaning_answer(enum nt_meaning m)
{
	switch (m) {
	case NT_RCV_SYN:
	case NT_RCV_SYN_REUSE:
		return NT_ANSWER_SYNACK;
	case NT_RCV_SYNACK:
	case NT_RCV_TEXT:
	case NT_RCV_PROBE:
	case NT_RCV_FIN:
	case NT_RCV_FIN_EARLY:
	case NT_RCV_RST_CHALLENGE:
	case NT_RCV_SYN_CHALLENGE:
	case NT_RCV_OLD_DUPLICATE:
	case NT_RCV_UNACCEPTABLE:
	case NT_RCV_PAWS:
	case NT_RCV_ACK_UNSENT:
	case NT_RCV_ACK_TOO_OLD:
		return NT_ANSWER_ACK;
	case NT_RCV_BAD_ACK:
	case NT_RCV_TO_NOBODY:
		return NT_ANSWER_RST;
	default:
		return NT_ANSWER_NONE;
	}
}
