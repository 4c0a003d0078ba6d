# SPDX-License-Identifier: GPL-2.0-only
#
# The lines of guest.sh and run as the tables of docs/scale.md, as verdicts, or as JSON.
#
# Input: logs; "row KEY=VALUE..." and "meta KEY=VALUE..." count, of a part's rows those that
# it wrote: order= and part= tell.
#
# -v want=NAME   the tables of that part: module, timewaits, daemon, files, readers,
#                cpus, delay
# -v want=judge  "ok TEXT" or "not ok TEXT" for each cost that has to be flat; status 1 if
#                one is not, or there is none
# -v want=json   the rows, and of each log the machine, as an object

BEGIN {
	FLAT = 0.05
	split("nettrace nettrace-record", SYSTEM, " ")
	split("turns churn", ORDER, " ")
}

# ---- rows -------------------------------------------------------------------

function keep(   i, at, key)
{
	rows++
	words[rows] = NF - 1
	for (i = 2; i <= NF; i++) {
		at = index($i, "=")
		key = substr($i, 1, at - 1)
		key_of[rows, i - 1] = key
		v[rows, key] = substr($i, at + 1)
	}
}

$1 == "row" {
	keep()
}

$1 == "meta" {
	name = FILENAME
	sub(/.*\//, "", name)
	metas++
	meta_of[metas] = name
	meta[metas] = $0
}

function has(i, key)
{
	return (i, key) in v
}

# is row I one of @order, by @who, at @size?  "" stands for any
function is(i, order, who, size)
{
	return (order == "" || v[i, "order"] == order) && \
		(who == "" || v[i, "system"] == who) && (size == "" || v[i, "size"] == size)
}

# the different values of a key as numbers, ascending, into @out: how many
function values_of(key, order, part, out,   i, j, n, x, seen)
{
	for (i = 1; i <= rows; i++) {
		x = v[i, key]
		if (!is(i, order) || (part != "" && v[i, "part"] != part) || x !~ /^[0-9]+$/ || x in seen)
			continue
		seen[x] = 1
		for (j = ++n; j > 1 && out[j - 1] + 0 > x + 0; j--)
			out[j] = out[j - 1]
		out[j] = x
	}
	return n + 0
}

# ---- figures ----------------------------------------------------------------

# thousands set apart, as in the other pages
function number(x)
{
	return x == "" ? "–" : group(x)
}

# instructions of a packet or a connection
function cost(i)
{
	return (v[i, "work"] - v[i, "idle"]) / v[i, v[i, "unit"] == "turn" ? "packets" : "units"]
}

# their mean; "": there is none
function mean_cost(order, who, size,   i, n, sum)
{
	for (i = 1; i <= rows; i++)
		if (is(i, order, who, size) && has(i, "work")) {
			sum += cost(i)
			n++
		}
	return n ? sum / n : ""
}

# of what was measured without anything, by how much the last differs from the first
function drift(order, size,   i, first, last)
{
	for (i = 1; i <= rows; i++)
		if (is(i, order, "none", size)) {
			last = cost(i)
			if (first == "")
				first = last
		}
	return 100 * (last - first) / first
}

function added(order, who, size,   base, have)
{
	base = mean_cost(order, "none", size)
	have = mean_cost(order, who, size)
	return base == "" || have == "" ? "" : have - base
}

function change(x, first)
{
	return x == "" || !first ? "" : sprintf(" (%+.1f %%)", 100 * (x - first) / first)
}

# ---- tables -----------------------------------------------------------------

# head COLUMN|COLUMN...: one that tells, the others numbers
function head(text,   n, part)
{
	n = split(text, part, "|")
	gsub(/[|]/, " | ", text)
	printf "| %s |\n|---", text
	while (n-- > 1)
		printf "|---:"
	print "|"
}

function print_module(   o, i, s, n, size, have, line, base)
{
	n = values_of("size", "turns", "", size)
	for (o = 1; o <= 2; o++) {
		head("connections; instructions of " (o == 1 ? "a packet" : "a new connection") \
			"|nothing loaded|drift|added by the module|added with `nettrace record`")
		for (i = 1; i <= n; i++) {
			line = "| " number(size[i]) " | " number(mean_cost(ORDER[o], "none", size[i])) " | " \
				sprintf("%+.2f %%", drift(ORDER[o], size[i])) " |"
			for (s = 1; s <= 2; s++) {
				have = added(ORDER[o], SYSTEM[s], size[i])
				line = line " " number(have) change(have, added(ORDER[o], SYSTEM[s], size[1])) " |"
			}
			print line
		}
		print ""
	}
	head("bytes of the module beside|its own account|areas of `vmallocinfo`|growth of memory per CPU")
	for (i = 1; i <= n; i++)
		for (s = 1; s <= 2; s++)
			for (o = 1; o <= rows; o++)
				if (is(o, "memory", SYSTEM[s], size[i]))
					printf "| %s, %s | %s | %s | %s |\n", number(size[i]), SYSTEM[s],
						number(v[o, "own"]), number(v[o, "areas"]), number(v[o, "percpu"])
}

function print_timewaits(   i, n, size, bounds, bound, line, s, have, systems)
{
	n = values_of("size", "opening", "", size)
	bounds = values_of("mini_max", "minis", "", bound)
	split("bounded roomy", systems, " ")
	head("in TIME-WAIT; instructions of a new connection|nothing loaded|added, `minisocks=" \
		bound[1] "`|added, `minisocks=" bound[bounds] "`")
	for (i = 1; i <= n; i++) {
		line = "| " number(size[i]) " | " number(mean_cost("opening", "none", size[i])) " |"
		for (s = 1; s <= 2; s++) {
			have = added("opening", systems[s], size[i])
			line = line " " number(have) change(have, added("opening", systems[s], size[1])) " |"
		}
		print line
	}
	print ""
	head("closed|in TIME-WAIT, the kernel's count|followed now|not followed, ever|bytes of the module")
	for (i = 1; i <= rows; i++)
		if (is(i, "minis"))
			printf "| %s, bound %s | %s | %s | %s | %s |\n",
				v[i, "size"] ~ /^[0-9]+$/ ? number(v[i, "size"]) : "after their end",
				number(v[i, "mini_max"]), number(v[i, "waiting"]), number(v[i, "mini_now"]),
				number(v[i, "mini_unfollowed"]), number(v[i, "own"])
}

function print_daemon(   i, j, n, size)
{
	n = values_of("size", "churn", "", size)
	head("connections so far; instructions added to a new one|module alone|with nettraced|held|let go|" \
		"events held|lost|bytes of the store|a conversation|both processes, KB")
	for (i = 1; i <= n; i++) {
		printf "| %s | %s | %s |", number(size[i]), number(added("churn", "nettrace", size[i])),
			number(added("churn", "nettraced", size[i]))
		for (j = 1; j <= rows; j++)
			if (is(j, "daemon", "", size[i]))
				printf " %s | %s | %s | %s | %s | %s | %s |", number(v[j, "conversations_held"]),
					number(v[j, "conversations_evicted"]), number(v[j, "events_held"]),
					number(v[j, "events_lost"]), number(v[j, "store_bytes"]),
					number(v[j, "store_bytes"] / v[j, "conversations_held"]), number(v[j, "pss_kb"])
		print ""
	}
}

# the row of a program that read that capture; 0: none did
function reading(who, size, all,   i)
{
	for (i = 1; i <= rows; i++)
		if (v[i, "system"] == who && v[i, "size"] == size && (v[i, "at_a_time"] == size) == all)
			return i
	return 0
}

function print_files(   all, i, n, size, s, r, systems)
{
	n = values_of("size", "file", "", size)
	split("list replay", systems, " ")
	head("conversations; instructions a packet|at a time|`nettrace list`|`nettrace replay`")
	for (all = 0; all < 2; all++)
		for (i = 1; i <= n; i++) {
			printf "| %s | %s |", number(size[i]), all ? "all" : "500"
			for (s = 1; s <= 2; s++) {
				r = reading(systems[s], size[i], all)
				printf " %s |", r ? number(v[r, "instructions"] / v[r, "packets"]) : "–"
			}
			print ""
		}
}

function print_readers(   all, i, n, size, s, r, systems)
{
	n = values_of("size", "", "readers", size)
	split("list replay tshark", systems, " ")
	head("conversations|at a time|`list`, ns a packet|MB|`replay`, ns a packet|MB|`tshark`, ns a packet|MB")
	for (all = 0; all < 2; all++)
		for (i = 1; i <= n; i++) {
			r = reading("file", size[i], all)
			if (!r)
				continue
			printf "| %s | %s |", number(v[r, "conversations"]), all ? "all" : "500"
			for (s = 1; s <= 3; s++) {
				r = reading(systems[s], size[i], all)
				if (!r)
					printf " – | – |"
				else if (has(r, "failed"))
					printf " more than 8 GiB |  |"
				else
					printf " %s | %s |", number(1e6 * v[r, "cpu_ms"] / v[r, "packets"]),
						number(v[r, "peak_kb"] / 1024)
			}
			print ""
		}
}

# of one load on so many CPUs: sums into @t; false: not with and without the module
function contention(mode, cpus, t,   i, s)
{
	split("", t)
	for (i = 1; i <= rows; i++) {
		if (!is(i, "contention") || v[i, "mode"] != mode || v[i, "cpus"] != cpus)
			continue
		s = v[i, "system"]
		t[s, "n"]++
		t[s, "rate"] += v[i, "units"] / v[i, "seconds"]
		t[s, "units"] += v[i, "units"]
		t[s, "contended"] += v[i, "contended"]
		t[s, "ours"] += v[i, "ours"]
		if (s == "nettrace" && v[i, "where"] != "")
			t["where"] = t["where"] "," v[i, "where"]
	}
	return t["none", "n"] && t["nettrace", "n"]
}

# NAME:COUNT,...: the counts of each name together, by name
function places(list,   i, j, n, part, word, sum, names, name, out)
{
	n = split(list, part, ",")
	for (i = 1; i <= n; i++) {
		if (split(part[i], word, ":") != 2)
			continue
		if (!(word[1] in sum))
			for (j = ++names; j >= 1; j--) {
				if (j == 1 || name[j - 1] < word[1]) {
					name[j] = word[1]
					break
				}
				name[j] = name[j - 1]
			}
		sum[word[1]] += word[2]
	}
	for (i = 1; i <= names; i++)
		out = out (i > 1 ? ", " : "") name[i] " " sum[name[i]]
	return out == "" ? "–" : out
}

function print_cpus(   i, m, n, cpus, t, mode, what, without, with_it)
{
	split("turns churn socket file", mode, " ")
	split("a byte to and fro|connections|*control*: one UDP socket for all|*control*: one file for all",
		what, "|")
	n = values_of("cpus", "contention", "", cpus)
	head("load, CPUs|a second, nothing loaded|with the module|ratio|contentions, nothing loaded|" \
		"with the module|**of these, the module's**|where|in so many")
	for (m = 1; m <= 4; m++)
		for (i = 1; i <= n; i++) {
			if (!contention(mode[m], cpus[i], t))
				continue
			without = t["none", "rate"] / t["none", "n"]
			with_it = t["nettrace", "rate"] / t["nettrace", "n"]
			printf "| %s, %s | %s | %s | %.2f | %s | %s | %s | %s | %s |\n", what[m], cpus[i],
				number(without), number(with_it), with_it / without,
				number(t["none", "contended"]), number(t["nettrace", "contended"]),
				number(t["nettrace", "ours"]), places(t["where"]), number(t["nettrace", "units"])
		}
}

function print_delay(   i, text)
{
	text["both"] = "both ends read"
	text["all"] = "all namespaces read (`-N all`)"
	text["one"] = "only the sender's end read"
	text["path"] = "both ends read, 50 ms from one to the other"
	text["icount"] = "one CPU, by instructions"
	text["smp"] = "two CPUs, emulated as fast as may be"
	head("machine|which lines|what is read|segments a second beside|lines|median, ms|99 % within|all within")
	for (i = 1; i <= rows; i++)
		if (is(i, "delay"))
			printf "| %s | %s | %s | %s | %s | %s | %s | %s |\n", text[v[i, "machine"]],
				(v[i, "kind"] == "lone" ? "of lone segments" : "all"), text[v[i, "what"]],
				number(v[i, "rate"]), number(v[i, "n"]), v[i, "median"], v[i, "p99"], v[i, "max"]
}

# ---- verdicts and JSON ------------------------------------------------------

# each cost at each size, against that at the smallest: how many verdicts there are
function judge(   o, s, i, n, size, first, have, all)
{
	n = values_of("size", "turns", "", size)
	for (o = 1; o <= 2; o++)
		for (s = 1; s <= 2; s++) {
			first = n ? added(ORDER[o], SYSTEM[s], size[1]) : ""
			for (i = 2; i <= n; i++) {
				have = added(ORDER[o], SYSTEM[s], size[i])
				if (first == "" || have == "")
					continue
				flat[++all] = have - first <= FLAT * first && first - have <= FLAT * first
				verdict[all] = sprintf("%s: a %s beside %s connections costs %s, beside %s %s",
					SYSTEM[s], o == 1 ? "packet" : "new connection", number(size[i]),
					number(have), number(size[1]), number(first))
			}
		}
	return all + 0
}

# Return: the status
function print_verdicts(   i, n, bad)
{
	n = judge()
	for (i = 1; i <= n; i++) {
		print (flat[i] ? "ok " : "not ok ") verdict[i]
		bad += !flat[i]
	}
	return bad || !n
}

# "KEY": VALUE, where what is a whole number is one
function json_pair(key, x)
{
	if (x !~ /^-?[0-9]+$/) {
		gsub(/["\\]/, "\\\\&", x)
		x = "\"" x "\""
	}
	return "\"" key "\": " x
}

function print_flat(   i, n)
{
	n = judge()
	if (!n)
		return
	printf ", \"flat\": ["
	for (i = 1; i <= n; i++)
		printf "%s{ \"what\": \"%s\", \"flat\": %s }", (i > 1 ? ",\n" : "\n"), verdict[i],
			flat[i] ? "true" : "false"
	print "\n]"
}

function print_json(   i, j, n, at, part, sep)
{
	print "{ \"rows\": ["
	for (i = 1; i <= rows; i++) {
		sep = ""
		printf "%s{ ", (i > 1 ? ",\n" : "")
		for (j = 1; j <= words[i]; j++) {
			printf "%s%s", sep, json_pair(key_of[i, j], v[i, key_of[i, j]])
			sep = ", "
		}
		printf " }"
	}
	printf "\n], \"machines\": {"
	for (i = 1; i <= metas; i++) {
		printf "%s\"%s\": { ", (i > 1 ? ", " : " "), meta_of[i]
		n = split(meta[i], part, /[ \t]+/)
		for (j = 2; j <= n; j++) {
			at = index(part[j], "=")
			printf "%s%s", (j > 2 ? ", " : ""), json_pair(substr(part[j], 1, at - 1), substr(part[j], at + 1))
		}
		printf " }"
	}
	print " }"
	print_flat()
	print "}"
}

END {
	if (want == "module")
		print_module()
	else if (want == "timewaits")
		print_timewaits()
	else if (want == "daemon")
		print_daemon()
	else if (want == "files")
		print_files()
	else if (want == "readers")
		print_readers()
	else if (want == "cpus")
		print_cpus()
	else if (want == "delay")
		print_delay()
	else if (want == "json")
		print_json()
	else if (want == "judge")
		exit print_verdicts()
}
