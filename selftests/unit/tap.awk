# SPDX-License-Identifier: GPL-2.0-only
#
# tap.awk - the TAP of several test programs as one: one numbering, one plan
#
# In:	lines "@@begin NAME" and "@@exit STATUS" around each program's output.
# A program that dies, or runs fewer tests than it planned, is a failed test.

/^@@begin / { program = $2; plan = -1; got = bad = 0; next }

/^1\.\.[0-9]+/ { plan = substr($1, 4) + 0; next }

/^(not )?ok [0-9]+/ {
	n++
	got++
	word = "ok"
	if (/^not / && !/# *SKIP/) {	# cmocka 1.1 calls a skipped test not ok
		word = "not ok"
		bad++
		failed++
	}
	sub(/^(not )?ok [0-9]+ *(- )?/, "")
	if (/^# *SKIP/)
		print word, n, "-", program, $0
	else
		print word, n, "-", program ": " $0
	fflush()
	next
}

/^@@exit / {
	if (($2 != 0 && !bad) || got != plan) {
		n++
		failed++
		print "not ok", n, "-", program ": ended with status " $2 \
			" after " got " of " plan " tests"
	}
	next
}

/^# *(ok|not ok) - / { next }	# cmocka's summary of the group

{ print /^#/ ? $0 : "# " $0 }	# what a test or a sanitizer says

END {
	print "1.." n + 0
	exit failed || !n
}
