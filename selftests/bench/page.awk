# SPDX-License-Identifier: GPL-2.0-only
#
# The tables and the picture of docs/performance.md.  Loaded beside report.awk, which
# reads the figures, keeps them and calls print_page().
#
# -v targets=FILE   as for report.awk

# what a cell says of system s with load w; an en dash: it was not measured
function cell(w, s)
{
	if (!((w, s) in cost))
		return "–"
	return group(added(w, s)) (lost[w, s] ? " (" group(lost[w, s]) " lost)" : "")
}

function print_head(first,   i)
{
	printf "| %s |", first
	for (i = 1; i <= workloads; i++)
		printf " %s |", workload[i]
	printf "\n|---|"
	for (i = 1; i <= workloads; i++)
		printf "---:|"
	print ""
}

# all systems, in the order in which the first load that knows them has them
function collect_systems(   i, j, s, n, known)
{
	for (i = 1; i <= workloads; i++)
		for (j = 1; j <= rows[workload[i]]; j++) {
			s = row[workload[i], j]
			if (!(s in known)) {
				known[s] = 1
				system_of[++n] = s
			}
		}
	return n
}

function print_costs(n,   i, j)
{
	print_head("added instructions")
	printf "| *a unit, nothing loaded* |"
	for (i = 1; i <= workloads; i++)
		printf " %s |", group(base[workload[i]])
	printf "\n"
	for (j = 1; j <= n; j++) {
		printf "| `%s` |", system_of[j]
		for (i = 1; i <= workloads; i++)
			printf " %s |", cell(workload[i], system_of[j])
		print ""
	}
	printf "| *drift of the baseline* |"
	for (i = 1; i <= workloads; i++)
		printf " %.2f %% |", 100 * drift(workload[i])
	print "\n"
}

function print_ratios(n,   i, j, s)
{
	print_head("in those of `tcpdump`")
	for (j = 1; j <= n; j++) {
		s = system_of[j]
		if (s == "tcpdump")
			continue
		printf "| `%s` |", s
		for (i = 1; i <= workloads; i++)
			printf " %s |", ((workload[i], s) in cost) ? ratio(workload[i], s, "tcpdump") : "–"
		print ""
	}
	print ""
}

# what a reader adds to the module for each of the events that it had, or how many these were
function reader_cell(w, s, figure)
{
	if (!((w, s) in cost) || !((w, "nettrace") in cost) || events[w, s] < 0.01)
		return "–"
	if (figure == "events")
		return sprintf("%.2f", events[w, s])
	return group((cost[w, s] - cost[w, "nettrace"]) / events[w, s])
}

function print_reader(first, s, figure,   i)
{
	printf "| %s |", first
	for (i = 1; i <= workloads; i++)
		printf " %s |", reader_cell(workload[i], s, figure)
	print ""
}

function print_readers()
{
	print_head("a reader, for an event")
	print_reader("*events of a unit*", "nettrace-record", "events")
	print_reader("`nettrace-record` less `nettrace`", "nettrace-record")
	print_reader("`nettraced` less `nettrace`", "nettraced")
	print ""
}

function bar(n,   out)
{
	if (n > 60)
		return bar(58) " …"
	while (n-- >= 1)
		out = out "█"
	return out
}

function print_bar(name, figure, drawn)
{
	printf "  %-18s %8s%s\n", name, figure, drawn == "" ? "" : "  " drawn
}

# one load's systems as bars, tcpdump being 20 wide
function print_bars(w, n,   j, s)
{
	printf "%s, a %s\n", w, unit[w]
	for (j = 1; j <= n; j++) {
		s = system_of[j]
		if (((w, s) in cost) && s !~ /^nettrace-(filtered-|no-drops)/)
			print_bar(s, group(added(w, s)), bar(added(w, s) / added(w, "tcpdump") * 20 + 0.5))
	}
}

function print_picture(n,   i, w)
{
	print "```text"
	for (i = 1; i <= workloads; i++) {
		w = workload[i]
		if ((w == "udp-lo" || w == "tcp-veth" || w == "churn") && added(w, "tcpdump") >= 1)
			print_bars(w, n)
	}
	print "```\n"
}

function print_judged()
{
	print "```text"
	judge_all()
	print "```"
}

function print_page(   n)
{
	n = collect_systems()
	printf "\nLinux %s, module and tools built with %s:\n\n", kernel, compiler
	print_costs(n)
	print_ratios(n)
	print_readers()
	print_picture(n)
	print_judged()
	print ""
}
