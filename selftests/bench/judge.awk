# SPDX-License-Identifier: GPL-2.0-only
#
# Is nettrace dearer than it may be?  Reads "WORKLOAD SYSTEM ADDED LOST" lines
# (report.awk, form plain), writes "ok TEXT" or "not ok TEXT" for each workload.
#
# -v limits=FILE    the limits; the file explains its lines
# -v kernel=SERIES -v compiler=NAME   which of them hold
# -v workloads=LIST those that must have been measured
# -v part=P         the limits times P: half a limit must be missed

function matches(pattern, name)
{
	return pattern == "*" || pattern == name
}

# the limit of workload w: the first line that fits, special ones stand first
function limit_of(w,   line, part_of, found)
{
	found = ""
	while ((getline line < limits) > 0) {
		split(line, part_of, /[ \t]+/)
		if (line ~ /^(#|$)/ || found != "")
			continue
		if (matches(part_of[1], kernel) && matches(part_of[2], compiler) && part_of[3] == w) {
			found = part_of[4]
			rule = part_of[1] " " part_of[2]
		}
	}
	close(limits)
	return found
}

function judge(w,   limit, ratio, text)
{
	limit = limit_of(w)
	if (limit == "") {
		print "not ok " w ": " limits " has no limit for it"
		return
	}
	limit *= part
	if (!((w, "nettrace-record") in added) || added[w, "nft-counter"] + 0 <= 0) {
		print "not ok " w ": not measured"
		return
	}
	ratio = added[w, "nettrace-record"] / added[w, "nft-counter"]
	text = sprintf("%s: recording costs %.2f times an nft counter, at most %.2f (%s)", w, ratio,
		limit, rule)
	if (lost[w, "nettrace-record"] + 0 != 0) {
		print "not ok " text ", and " lost[w, "nettrace-record"] " events were lost"
		return
	}
	print (ratio <= limit ? "ok " : "not ok ") text
}

{
	added[$1, $2] = $3
	lost[$1, $2] = $4
}

END {
	n = split(workloads, list, " ")
	for (i = 1; i <= n; i++)
		judge(list[i])
}
