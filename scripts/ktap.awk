# SPDX-License-Identifier: GPL-2.0-only
#
# Count the test results in KTAP or TAP, nested to any depth: by indentation or
# by "# ", as kselftest's runner does it.  Only leaves count: a line that closes
# a nested test whose own results were seen adds nothing, unless it failed and
# none of them did.  Results that a plan announced and that never came failed.
#
# Prints "PASSED FAILED SKIPPED", then a line for each failure.
# -v label=TEXT goes in front of the names.

function strip_prefix(   d)
{
	for (d = 0; match($0, /^(# |  )/); d++)
		$0 = substr($0, RLENGTH + 1)
	return d
}

function name_of(line)
{
	sub(/^(not )?ok *[0-9]* *(- *)?/, "", line)
	return line == "" ? "(without a name)" : line
}

function failure(text)
{
	failed++
	failures[failed] = text
}

# from the failure first on, they are of the test that parent names
function name_parent(first, parent,   i)
{
	sub(/ *#.*/, "", parent)
	sub(/^selftests: [^:]*: /, "", parent)
	for (i = first; i <= failed; i++)
		failures[i] = parent ": " failures[i]
}

function missing(count,   i)
{
	for (i = 1; i <= count; i++)
		failure("a test that did not report")
}

# End the levels below depth: what was announced there and never came failed.
# Returns how many results they held.
function close_below(depth,   d, results)
{
	for (d = depth + 1; d <= deepest; d++) {
		if (planned[d] > seen[d])
			missing(planned[d] - seen[d])
		results += seen[d]
		open[d] = planned[d] = seen[d] = 0
	}
	return results
}

function open_level(depth)
{
	if (!open[depth])
		before[depth] = failed
	open[depth] = 1
}

# before[depth]: the failures when the previous result of that level was counted
function result(depth, line,   bad, children)
{
	bad = line ~ /^not ok/
	children = close_below(depth)
	seen[depth]++
	if (children) {
		name_parent(before[depth] + 1, name_of(line))
		if (bad && failed == before[depth])
			failure(name_of(line))
	} else if (toupper(line) ~ /# *SKIP/) {
		skipped++
	} else if (bad) {
		failure(name_of(line))
	} else {
		passed++
	}
	before[depth] = failed
}

{
	sub(/\r$/, "")
	depth = strip_prefix()
	if (depth > deepest)
		deepest = depth
}

/^(TAP version 1[0-9]|KTAP version [0-9])/ {
	open_level(depth)
	next
}

/^1\.\.[0-9]+/ {
	open_level(depth)
	planned[depth] += substr($1, 4)
	next
}

/^(ok|not ok)( |$)/ && (open[depth] || depth == 0) {
	result(depth, $0)
}

END {
	close_below(0)
	if (planned[0] > seen[0])
		missing(planned[0] - seen[0])
	printf "%d %d %d\n", passed, failed, skipped
	for (i = 1; i <= failed; i++)
		print label failures[i]
}
