/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session_priv.h - between session.c, which reads, and session_command.c, which knows
 * what becomes of COMMAND
 */
#ifndef NETTRACE_SESSION_PRIV_H
#define NETTRACE_SESSION_PRIV_H

#include "session.h"

/* Unix ns */
int64_t nt_session_now(void);

/* SIGINT and SIGTERM end a wait, from now on; @command: a closed pipe ends nothing */
void nt_session_catch(bool command);

/* is COMMAND over, and what came after it long enough? */
bool nt_command_done(struct nt_session *s);

/* to its end, if it has not ended: nothing is read any more */
void nt_command_await(struct nt_session *s);

#endif /* NETTRACE_SESSION_PRIV_H */
