# SPDX-License-Identifier: GPL-2.0-only
#
# The lines of profile.awk as the tables of docs/performance.md; loaded with lib/group.awk

# the hooks and probes in the order of a packet's way
function place(load, entry)
{
	return (load == "udp-lo" ? "1" : "2") (entry ~ /out/ ? "1" : entry ~ /nt_in/ ? "2" : entry ~ /state/ ? "3" : "4") entry
}

# insertion into list of n, by rank[]: what is large comes first if @down
function insert(list, n, item, rank, down,   i)
{
	for (i = n + 1; i > 1; i--) {
		if (down ? rank[list[i - 1]] >= rank[item] : rank[list[i - 1]] "" <= rank[item] "")
			break
		list[i] = list[i - 1]
	}
	list[i] = item
	return n + 1
}

$1 == "units" {
	units[$2] = $3
}

$1 == "sum" {
	key = $2 SUBSEP $3
	load[key] = $2
	entry[key] = $3
	calls[key] = $4
	sum[key] = $5
	most[key] = $6
	rank[key] = place($2, $3)
	keys = insert(order, keys, key, rank, 0)
}

$1 == "path" {
	key = $2 SUBSEP $3
	times[key] = $4
	total[key] = $5
}

$1 == "part" {
	key = $2 SUBSEP $3
	part[key, $4] = $5
	weight[$4] += $5
}

END {
	for (f in weight)
		functions = insert(by_weight, functions, f, weight, 1)
	printf "\n| the commonest path |"
	for (i = 1; i <= keys; i++)
		printf " `%s`, %s |", entry[order[i]], load[order[i]]
	printf "\n|---|"
	for (i = 1; i <= keys; i++)
		printf "---:|"
	for (j = 1; j <= functions; j++) {
		printf "\n| `%s` |", by_weight[j]
		for (i = 1; i <= keys; i++)
			printf " %s |", (order[i], by_weight[j]) in part ? part[order[i], by_weight[j]] : ""
	}
	printf "\n| together |"
	for (i = 1; i <= keys; i++)
		printf " %s |", group(total[order[i]])
	printf "\n\n| all paths, a packet of `udp-lo` or a connection of `churn` | calls | instructions | a call | the dearest |\n"
	print "|---|---:|---:|---:|---:|"
	for (i = 1; i <= keys; i++) {
		key = order[i]
		n = units[load[key]]
		printf "| `%s`, %s | %.1f | %s | %s | %s |\n", entry[key], load[key], calls[key] / n,
			group(sum[key] / n), group(sum[key] / calls[key]), group(most[key])
	}
	print ""
}
