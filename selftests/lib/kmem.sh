# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the kernel holds: for tests that show that it is given back.  Sourced.

# kernel_memory: in KiB; what is not given back would be found here
kernel_memory()
{
	awk '/^(SUnreclaim|VmallocUsed|Percpu|KernelStack|PageTables):/ { n += $2 }
		END { print n }' /proc/meminfo
}

# module_areas: how many areas of vmalloc() the module holds, or left when it went: who
# asked for them has no name then, only an address
module_areas()
{
	awk '/\[nettrace\]/ || $3 ~ /^0x/ { n++ } END { print n + 0 }' /proc/vmallocinfo
}

# nets_alive: struct net has a slab cache of its own; what a CPU keeps of it at hand is
# counted as used, until the cache is shrunk
nets_alive()
{
	echo 1 >/sys/kernel/slab/net_namespace/shrink
	awk '$1 == "net_namespace" { print $2 }' /proc/slabinfo
}

# nets_at_most COUNT: with one more, that is made and destroyed here, for the kernel frees
# the last ones when the next is destroyed (net_complete_free()), not before
nets_at_most()
{
	[ "$(nets_alive)" -gt $(($1 + 1)) ] || return 0
	ip netns add nts-free && ip netns del nts-free
	return 1
}
