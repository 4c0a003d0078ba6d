# SPDX-License-Identifier: GPL-2.0-only
#
# What gcov prints with -b -c of one object after another, as one list: a line of
# source that was compiled in several objects is one line, and ran if it ran in any.
#
# Prints "FILE LINE RAN BRANCHES TAKEN SOURCE", separated by tabs, of each line that
# has code, for the files of module/core and userspace; SOURCE without its indentation.

# as the sources are called from the top folder, however a test includes them
function called(path)
{
	if (match(path, /(^|\/)module\/core\/[^\/]*$/) || match(path, /(^|\/)userspace\/.*$/)) {
		path = substr(path, RSTART)
		sub(/^\//, "", path)
		return path
	}
	return ""
}

/^ *-: *0:Source:/ {
	file = $0
	sub(/^ *-: *0:Source:/, "", file)
	file = called(file)
	next
}

file == "" { next }

/^ *[-0-9#=]+\*?: *[0-9]+:/ {
	match($0, /^ *[-0-9#=]+\*?: */)
	count = substr($0, 1, RLENGTH)
	rest = substr($0, RLENGTH + 1)
	line = rest + 0
	gsub(/[ :]/, "", count)
	branch = 0
	key = file SUBSEP line
	if (count == "-" || !line)
		next
	if (!(key in ran)) {
		keys[++n] = key
		ran[key] = 0
		sub(/^[0-9]*:[ \t]*/, "", rest)
		gsub(/\t/, " ", rest)
		source[key] = rest
	}
	if (count ~ /^[0-9]/)
		ran[key] = 1
	next
}

/^branch +[0-9]+ / {
	branch++
	if (branch > branches[key])
		branches[key] = branch
	if (/ taken [1-9]/)
		taken[key SUBSEP branch] = 1
}

END {
	for (i = 1; i <= n; i++) {
		split(keys[i], part, SUBSEP)
		hits = 0
		for (j = 1; j <= branches[keys[i]]; j++)
			hits += (keys[i] SUBSEP j) in taken
		printf "%s\t%d\t%d\t%d\t%d\t%s\n", part[1], part[2], ran[keys[i]],
			branches[keys[i]], hits, source[keys[i]]
	}
}
