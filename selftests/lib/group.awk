# SPDX-License-Identifier: GPL-2.0-only
#
# For the tables of docs/: loaded with -f before what uses it

# a rounded number, thousands set apart
function group(n,   s, out)
{
	s = sprintf("%.0f", n < 0 ? -n : n)
	while (length(s) > 3) {
		out = " " substr(s, length(s) - 2) out
		s = substr(s, 1, length(s) - 3)
	}
	return (n <= -0.5 ? "-" : "") s out
}
