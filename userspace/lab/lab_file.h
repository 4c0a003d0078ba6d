/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab_file.h - between lab_file.c, which reads a lab, lab_file_net.c, which reads its
 * network, and lab_file_step.c, which reads its steps
 */
#ifndef NETTRACE_LAB_FILE_H
#define NETTRACE_LAB_FILE_H

#include "lab/lab_yaml.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int nt_lab_take_hosts(struct nt_yaml *y, yaml_node_t *v, void *lab);
int nt_lab_take_links(struct nt_yaml *y, yaml_node_t *v, void *lab);
int nt_lab_take_steps(struct nt_yaml *y, yaml_node_t *v, void *lab);
int nt_lab_take_setup(struct nt_yaml *y, yaml_node_t *v, void *lab);
/* @to: int, the host's index */
int nt_lab_take_host_name(struct nt_yaml *y, yaml_node_t *v, void *to);

#endif /* NETTRACE_LAB_FILE_H */
