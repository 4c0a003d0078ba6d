/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layers_priv.h - what layers.c and layers_fields.c share
 *
 * Ownership: everything belongs to the caller's struct nt_layers.
 */
#ifndef NETTRACE_LAYERS_PRIV_H
#define NETTRACE_LAYERS_PRIV_H

#include "layers.h"

/* one more header; of one too many the last is taken anew */
struct nt_layer *nt_layers_add(struct nt_layers *l, enum nt_layer_type type, int32_t off,
			       int32_t len);

/* layers_fields.c: what is in each header */
void nt_fields_ethernet(struct nt_layer *a, const struct nettrace_packet *p);
void nt_fields_arp(struct nt_layer *a, const struct nettrace_packet *p);
void nt_fields_ipv4(struct nt_layer *a, const struct nettrace_packet *p);
void nt_fields_ipv6(struct nt_layer *a, const struct nettrace_packet *p);
void nt_fields_extension(struct nt_layer *a, const struct nettrace_packet *p);
void nt_fields_tcp(struct nt_layer *a, const struct nettrace_packet *p);
void nt_fields_udp(struct nt_layer *a, const struct nettrace_packet *p);
void nt_fields_icmp(struct nt_layer *a, const struct nettrace_packet *p);
/* @ports: are they read */
void nt_fields_ports(struct nt_layer *a, const struct nettrace_packet *p, bool ports);
void nt_fields_quote(struct nt_layer *a, const struct nettrace_packet *p);
void nt_fields_data(struct nt_layer *a, const struct nettrace_packet *p);

#endif /* NETTRACE_LAYERS_PRIV_H */
