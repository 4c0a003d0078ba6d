/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd.h - the subcommands, one struct each (cmd_*.c)
 */
#ifndef NETTRACE_CMD_H
#define NETTRACE_CMD_H

#include <jansson.h>
#include <stdio.h>

#include "cli.h"
#include "model.h"

extern const struct nt_command nt_cmd_timeline;
extern const struct nt_command nt_cmd_list;
extern const struct nt_command nt_cmd_show;
extern const struct nt_command nt_cmd_explain;
extern const struct nt_command nt_cmd_path;
extern const struct nt_command nt_cmd_arp;
extern const struct nt_command nt_cmd_follow;
extern const struct nt_command nt_cmd_replay;
extern const struct nt_command nt_cmd_record;
extern const struct nt_command nt_cmd_stats;
extern const struct nt_command nt_cmd_disagreements;
extern const struct nt_command nt_cmd_sockets;
extern const struct nt_command nt_cmd_start;
extern const struct nt_command nt_cmd_stop;
extern const struct nt_command nt_cmd_filter;
extern const struct nt_command nt_cmd_lab;

struct nt_conv;
struct nt_session;

/* what IPv6 says to itself; needs the conversation's items (cmd_say.c) */
bool nt_conv_is_housekeeping(const struct nt_conv *c);

/*
 * Nothing to show: say why, as far as it is known.  @only: what was asked for, or
 * 0; @n: the conversations there are.
 */
int nt_say_nothing(const struct nt_session *s, uint32_t only, size_t n);

/* show --layers (cmd_packet.c): an exit status */
int nt_show_layers(const struct nt_cli *cli);

/* stats --daemon (cmd_daemon.c): an exit status */
int nt_stats_of_daemon(const struct nt_cli *cli);

/* an object of sockets --json (cmd_sockets.c); @netns: escaped, or "" */
void nt_json_socket(FILE *out, const char *netns, const struct nt_ctl_sock *s);
struct nt_addr nt_ctl_addr(uint8_t family, const uint8_t *b, uint16_t port);
json_t *nt_json_ctl_end(uint8_t family, const uint8_t *b, uint16_t port);

/* sockets --timers (cmd_timers.c): an exit status */
int nt_show_timers(const struct nt_cli *cli);
/* an object of it */
void nt_json_timers(FILE *out, const char *netns, const struct nt_ctl_tuple *t,
		    const struct nettrace_timer *r);

#endif /* NETTRACE_CMD_H */
