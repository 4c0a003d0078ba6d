/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * daemon_say.h - nettraced's messages, and its word to the service manager
 *
 * Purpose:   sentences go to stderr, with the priority in front ("<4>") where
 *            the journal reads it; states go to $NOTIFY_SOCKET (sd_notify(3)).
 * Context:   one thread in each process; set up once, before it is confined.
 */
#ifndef NETTRACE_DAEMON_SAY_H
#define NETTRACE_DAEMON_SAY_H

enum ntd_level { NTD_ERR = 3, NTD_WARN = 4, NTD_NOTICE = 5, NTD_INFO = 6 };

/** ntd_say_init() - find out who reads stderr, and connect to $NOTIFY_SOCKET */
void ntd_say_init(void);

void ntd_say(enum ntd_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** ntd_notify() - lines as sd_notify(3) has them; nobody there: nothing happens */
void ntd_notify(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** ntd_notify_close() - the worker leaves that to the opener */
void ntd_notify_close(void);

#endif /* NETTRACE_DAEMON_SAY_H */
