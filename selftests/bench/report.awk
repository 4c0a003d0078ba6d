# SPDX-License-Identifier: GPL-2.0-only
#
# The lines of guest.sh as a table, as JSON, as "WORKLOAD SYSTEM ADDED LOST"
# lines for short, or as what docs/performance.md has of them (page.awk, which is
# loaded with this, and so is lib/group.awk).
#
# -v targets=FILE   what nettrace is to reach; targets explains its lines
# -v compiler=TEXT  what the module was built with
# -v form=table|json|plain|page

function value(key,   m)
{
	if (!match($0, "(^| )" key "=[^ ]*"))
		return ""
	m = substr($0, RSTART, RLENGTH)
	sub(/^[^=]*=/, "", m)
	return m
}

function text_of(key)
{
	return substr($0, index($0, " " key "=") + length(key) + 2)
}

function added(w, s)
{
	return cost[w, s] - base[w]
}

# costs of s in those of other; "-" where one of them was not measured
function ratio(w, s, other)
{
	if (!((w, s) in cost) || !((w, other) in cost) || added(w, other) < 1)
		return "-"
	return sprintf("%.2f", added(w, s) / added(w, other))
}

function drift(w)
{
	return (last[w] - first[w]) / first[w]
}

# of several measurements the least counts
function least(table, key, c)
{
	if (!(key in table) || c < table[key])
		table[key] = c
	return table[key]
}

function take_row(   w, s, c)
{
	w = value("workload")
	s = value("system")
	c = (value("work") - value("idle")) / value("units")
	if (!(w in unit)) {
		workload[++workloads] = w
		unit[w] = value("unit")
	}
	if (s != "none" && !((w, s) in cost))
		row[w, ++rows[w]] = s
	if (s != "none")
		least(cost, w SUBSEP s, c)
	else if (rows[w])
		least(last, w, c)
	else
		least(first, w, c)
	if (value("lost") + 0 >= lost[w, s] + 0)
		lost[w, s] = value("lost") + 0
	least(idle, w SUBSEP s, value("idle") / value("seconds"))
	# what it saw is of both runs
	events[w, s] = value("seen") / (value("units") + value("warm_up"))
}

# the baseline is the mean of the first and the last
function take_baselines(   i, w)
{
	for (i = 1; i <= workloads; i++) {
		w = workload[i]
		if (!(w in last))
			last[w] = first[w]
		base[w] = cost[w, "none"] = (first[w] + last[w]) / 2
	}
}

function print_table(w,   i, s)
{
	printf "%s, instructions per %s; nothing loaded: %s, drift %.2f %%\n", w, unit[w],
		group(base[w]), 100 * drift(w)
	printf "  %-18s %10s %10s %10s %8s %12s\n", "", "added", "x tcpdump", "x nft", "lost", "idle, 1 s"
	for (i = 1; i <= rows[w]; i++) {
		s = row[w, i]
		printf "  %-18s %10s %10s %10s %8s %12s\n", s, group(added(w, s)),
			ratio(w, s, "tcpdump"), ratio(w, s, "nft-counter"), group(lost[w, s]),
			group(1000 * int((idle[w, s] - idle[w, "none"]) / 1000))
	}
	for (i = 1; i <= absences; i++)
		if (absent[i, "w"] == w)
			printf "  %-18s absent: %s\n", absent[i, "s"], absent[i, "why"]
	print ""
}

function json_row(w, s,   out)
{
	out = sprintf("{\"workload\":\"%s\",\"system\":\"%s\",\"added\":%.0f,\"per\":\"%s\",\"lost\":%d",
		w, s, s == "none" ? 0 : added(w, s), unit[w], lost[w, s])
	out = out sprintf(",\"baseline\":%.0f,\"drift\":%.5f", base[w], drift(w))
	if (s != "none" && ratio(w, s, "tcpdump") != "-")
		out = out ",\"x_tcpdump\":" ratio(w, s, "tcpdump")
	if (s != "none" && ratio(w, s, "nft-counter") != "-")
		out = out ",\"x_nft\":" ratio(w, s, "nft-counter")
	out = out sprintf(",\"idle_per_s\":%.0f", idle[w, s] - (s == "none" ? 0 : idle[w, "none"]))
	return out sprintf(",\"kernel\":\"%s\",\"compiler\":\"%s\"}", kernel, compiler)
}

function print_json(   i, j, w, sep)
{
	for (i = 1; i <= workloads; i++) {
		w = workload[i]
		printf "%s%s", sep ? sep : "[\n", json_row(w, "none")
		sep = ",\n"
		for (j = 1; j <= rows[w]; j++)
			printf "%s%s", sep, json_row(w, row[w, j])
	}
	print sep ? "\n]" : "[]"
}

# a target: see the file targets
function judge(w, s, than, limit,   have, what)
{
	if (!((w, s) in cost))
		return
	have = added(w, s)
	what = group(have)
	if (than == "instructions") {
		limit += 0
	} else if (than == "baseline") {
		limit *= base[w]
	} else {
		if (!((w, than) in cost))
			return
		what = what " = " ratio(w, s, than) " x " than ", at most " limit " x ="
		limit *= added(w, than)
	}
	if (than == "instructions" || than == "baseline")
		what = what ", at most"
	printf "  %-6s %-9s %-18s %s %s%s\n", have <= limit && !lost[w, s] ? "met" : "MISSED", w, s,
		what, group(limit), lost[w, s] ? ", and events were lost" : ""
}

function judge_all(   line, part)
{
	while ((getline line < targets) > 0)
		if (line !~ /^(#|$)/) {
			split(line, part, /[ \t]+/)
			judge(part[1], part[2], part[3], part[4])
		}
	close(targets)
}

function print_targets()
{
	print "targets, per unit, consumer included and nothing lost"
	judge_all()
	print ""
}

/^meta / {
	kernel = value("kernel")
}

/^row / {
	take_row()
}

/^absent / {
	absences++
	absent[absences, "w"] = value("workload")
	absent[absences, "s"] = value("system")
	absent[absences, "why"] = text_of("reason")
}

/^failed / {
	failures[++failed] = value("workload") ", " value("system") ": " text_of("reason")
}

END {
	take_baselines()
	if (form == "json") {
		print_json()
		exit
	}
	if (form == "page") {
		print_page()
		exit
	}
	if (form == "plain") {
		for (i = 1; i <= workloads; i++)
			for (j = 1; j <= rows[workload[i]]; j++) {
				w = workload[i]
				s = row[w, j]
				printf "%s %s %.1f %d\n", w, s, added(w, s), lost[w, s]
			}
		exit
	}
	print "kernel " kernel ", module built with " compiler "\n"
	for (i = 1; i <= workloads; i++)
		print_table(workload[i])
	if (targets)
		print_targets()
	for (i = 1; i <= failed; i++)
		print "failed: " failures[i]
	print "Counted are instructions of an emulated CPU, whatever else the host does: they"
	print "show neither cache misses nor what an atomic operation costs a real one."
}
