/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * version.h - the one place where nettrace's version is written
 *
 * Purpose: module, tools, manual pages and dkms.conf take it from here.
 */
#ifndef NETTRACE_CORE_VERSION_H
#define NETTRACE_CORE_VERSION_H

#define NT_VERSION "0.1.0"

#endif /* NETTRACE_CORE_VERSION_H */
