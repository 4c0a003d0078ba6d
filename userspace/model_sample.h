/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * model_sample.h - what a sample of a socket's timers says of one of them
 *
 * Purpose:   the kernel has one timer for several purposes, and reports what
 *            they are used for; here each has its name.
 * Context:   pure.
 */
#ifndef NETTRACE_MODEL_SAMPLE_H
#define NETTRACE_MODEL_SAMPLE_H

#include "model.h"

/** nt_sample_left() - milliseconds until that timer fires; -1: it does not run */
int64_t nt_sample_left(const struct nettrace_timer *r, enum nt_timer_name name);

/** nt_sample_value() - microseconds it was set to; 0: the sample does not tell */
uint32_t nt_sample_value(const struct nettrace_timer *r, enum nt_timer_name name);

#endif /* NETTRACE_MODEL_SAMPLE_H */
