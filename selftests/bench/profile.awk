# SPDX-License-Identifier: GPL-2.0-only
#
# profile.awk SYMBOLS LOG - instructions of the module by function
#
# SYMBOLS: /proc/kallsyms' text, in order.  LOG: QEMU's exec log of single instructions.
# A call of the module lasts from the entry of one of its functions, out of the kernel,
# until the function that called is there again; what it calls in the kernel is counted.
#
# Output, of load LOAD (-v load=):
#
#   path LOAD ENTRY CALLS TOTAL             of ENTRY the commonest path
#   part LOAD ENTRY FUNCTION INSTRUCTIONS   of that path
#   sum  LOAD ENTRY CALLS INSTRUCTIONS MOST all calls of ENTRY, and the dearest
#   units LOAD N                            packets or connections that were begun
#
# Addresses have 16 digits: as text they are in the order of numbers.

function is_kernel(pc)
{
	return substr(pc, 1, 4) == "ffff"
}

# the symbol that PC is in, as an index; what was looked up before is remembered
function symbol(pc,   low, high, middle)
{
	if (pc in known)
		return known[pc]
	low = 1
	high = symbols
	while (low < high) {
		middle = int((low + high + 1) / 2)
		if (address[middle] "" <= pc "")
			low = middle
		else
			high = middle - 1
	}
	known[pc] = low
	return low
}

# nothing of its own: what the kernel goes through to call by a pointer, and to return
function is_thunk(name)
{
	return name ~ /^(__x86_(indirect|return)|__SC[TK]__|srso_|retbleed_|zen_untrain)/
}

function begin(at)
{
	entry = name_of[at]
	total = 0
	split("", part)
}

function end(   fn)
{
	calls[entry]++
	sum[entry] += total
	if (total > most[entry])
		most[entry] = total
	if (!paths[entry, total]++)
		for (fn in part)
			parts[entry, total] = parts[entry, total] " " fn ":" part[fn]
	if (!(entry in commonest) || paths[entry, total] > paths[entry, commonest[entry]])
		commonest[entry] = total
	entry = ""
}

NR == FNR {
	symbols++
	address[symbols] = $1
	name_of[symbols] = $3
	is_ours[symbols] = $4 == "[nettrace]"
	next
}

$1 != "Trace" {
	next
}

{
	split($4, field, "/")
	pc = field[2]
	if (!is_kernel(pc))
		next
	at = symbol(pc)
	if (pc == address[at] && name_of[at] == (load == "churn" ? "tcp_v4_connect" : "udp_sendmsg"))
		units++
	# a call within the module, of one whose entry was not written down, is none
	if (entry == "" && is_ours[at] && pc == address[at] && caller && !inside)
		begin(at)
	else if (entry != "" && at == caller)
		end()
	if (entry != "") {
		total++
		part[name_of[at]]++
	} else if (!is_ours[at] && !is_thunk(name_of[at]))
		caller = at
	if (!is_thunk(name_of[at]))
		inside = is_ours[at]
}

END {
	print "units", load, units + 0
	for (e in calls) {
		print "sum", load, e, calls[e], sum[e], most[e]
		print "path", load, e, paths[e, commonest[e]], commonest[e]
		n = split(parts[e, commonest[e]], word, " ")
		for (i = 1; i <= n; i++) {
			split(word[i], pair, ":")
			print "part", load, e, pair[1], pair[2]
		}
	}
}
