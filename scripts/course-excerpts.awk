# SPDX-License-Identifier: GPL-2.0-only
#
# course-excerpts.awk - a chapter with its blocks filled (scripts/course-excerpts
# says what a mark is, and runs this in the C locale)
#
#   awk -v outputs=DIR -v language=LANG -v into=FILE -f … CHAPTER   the chapter goes to FILE
#   awk -v list=1 -f … CHAPTER            the marks that have no block yet
#
# Prints what cannot be filled, a line each; status 1 if there is any.

BEGIN {
	# how these begin, in each language
	head["claims"] = "══ What this lab claims\n══ 本实验的论断"
	head["books"] = "══ The textbook\n══ 课本"
	ends = "══ \nAll \n全部 "
}

{ chapter[NR] = $0 }

END {
	for (i = 1; i <= NR; i++) {
		if (chapter[i] !~ /^<!-- from: [^ \t]+ \| .* -->$/) {
			if (!list)
				print chapter[i] >into
			continue
		}
		end = end_of_block(i)
		split_mark(chapter[i])
		if (list) {
			if (end == i)
				printf "%s: %s | %s\n", FILENAME, lab, selectors
		} else if (fill()) {
			printf "%s\n\n```%s\n%s```\n", chapter[i],
				lab ~ /\.explain$/ ? "explain" : "text", out >into
		} else {
			printf "%s: %s: %s\n", FILENAME, lab, problem
			bad = 1
			for (j = i; j <= end; j++)
				print chapter[j] >into
		}
		i = end
	}
	exit bad
}

# the last line of the block behind the mark in line @i; @i: it has none
function end_of_block(i,    j)
{
	j = i + 1
	if (j <= NR && chapter[j] == "")
		j++
	if (j > NR || chapter[j] !~ /^```(text|explain)$/)
		return i
	while (++j <= NR)
		if (chapter[j] == "```")
			return j
	return i
}

# a mark's lab, and what of its output
function split_mark(mark)
{
	sub(/^<!-- from: /, "", mark)
	sub(/ -->$/, "", mark)
	lab = mark
	sub(/[ \t].*/, "", lab)
	selectors = substr(mark, length(lab) + 4)
}

# what the mark selects, in @out; 0: @problem says why not
function fill(    n, i, what)
{
	if (!load(outputs "/" lab "." language)) {
		problem = "no output, the block stays as it is"
		return 0
	}
	out = ""
	last = 0
	n = split(selectors, what, / \| /)
	for (i = 1; i <= n; i++) {
		gsub(/^ +| +$/, "", what[i])
		problem = ""
		select(what[i])
		if (problem != "") {
			problem = problem "; the block stays as it is"
			return 0
		}
	}
	return 1
}

function load(file,    text, got)
{
	lines = 0
	while ((got = (getline text <file)) > 0) {
		sub(/[ \t\r]+$/, "", text)
		line[++lines] = text
	}
	close(file)
	return got == 0
}

# takes what one selector says of what is behind the last line taken
function select(what,    word, from, to, dots)
{
	split(what, word, " ")
	if (what ~ /^picture [0-9]+( head [0-9]+)?( tail [0-9]+)?$/) {
		picture(word)
	} else if (what in head) {
		if (section(head[what]))
			take(first, beyond - 1)
	} else if (what ~ /^all /) {
		take_all(substr(what, 5))
	} else if (what ~ /^lines [0-9]+-[0-9]+$/) {
		split(word[2], word, "-")
		take(word[1], word[2])
	} else if (match(what, / \+[0-9]+$/)) {
		from = find(substr(what, 1, RSTART - 1), last + 1)
		if (from)
			take(from, from + substr(what, RSTART + 2))
	} else {
		dots = index(what, " .. ")
		from = to = find(dots ? substr(what, 1, dots - 1) : what, last + 1)
		if (from && dots && substr(what, dots + 4) != "")
			to = find(substr(what, dots + 4), from + 1)
		if (from && to)
			take(from, to)
	}
}

# picture N [head K] [tail K]
function picture(word,    i, count, some)
{
	if (!section("#" word[2] " "))
		return
	for (i = 3; i in word; i += 2) {
		count[word[i]] = word[i + 1]
		some = 1
	}
	if (!some) {
		take(first, beyond - 1)
		return
	}
	take(first, min(beyond, first + count["head"]) - 1)
	take(beyond - count["tail"], beyond - 1)
}

# a part of a lab's end, or a picture: its lines are @first to @beyond - 1
function section(heads,    i, j, of_pictures)
{
	for (i = 1; i <= lines && !begins(line[i], heads); i++)
		;
	if (i > lines) {
		gsub(/\n/, "' or '", heads)
		problem = "no line begins with '" heads "'"
		return 0
	}
	of_pictures = line[i] ~ /^#/
	for (j = i + 1; j <= lines; j++)
		if (begins(line[j], ends) || (of_pictures && line[j] ~ /^#[0-9]+ [A-Z]/))
			break
	while (line[j - 1] == "")
		j--
	first = i
	beyond = j
	return 1
}

# does @text begin with one of @heads, which are lines?
function begins(text, heads,    i, n, one)
{
	n = split(heads, one, "\n")
	for (i = 1; i <= n; i++)
		if (index(text, one[i]) == 1)
			return 1
	return 0
}

function find(text, from,    i)
{
	for (i = from; i <= lines; i++)
		if (index(line[i], text))
			return i
	problem = "no line has '" text "'"
	return 0
}

function take_all(text,    i)
{
	if (!find(text, 1))
		return
	for (i = last + 1; i <= lines; i++)
		if (index(line[i], text))
			take(i, i)
}

# lines @from to @to go to @out, those that are there already do not
function take(from, to,    i)
{
	for (i = from + 0; i <= min(to + 0, lines); i++) {
		if (i <= last)
			continue
		out = out between(i) line[i] "\n"
		last = i
	}
}

# what stands for the lines that are left out before line @i: an empty line
# between two parts stays one
function between(i,    j, empty)
{
	if (!last)
		return ""
	for (j = last + 1; j < i; j++) {
		if (line[j] != "")
			return "…\n"
		empty = empty "\n"
	}
	return empty
}

function min(a, b)
{
	return a < b ? a : b
}
