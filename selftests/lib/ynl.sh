# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2004,SC2034 # much here is for those who source it
#
# What the tests of the netlink family share: lib/ynl.py as a program that is
# told what to do, and classic BPF by hand.  Sourced after nt.sh.

SPEC=$NT_TOP/module/uapi/nettrace.yaml
# all attributes, operations and sentences met, over all tests of a file
USED=$(mktemp)
chmod 666 "$USED"
trap 'rm -f "$USED"' EXIT

# ynl NAME NETNS [COMMAND...]: start lib/ynl.py there, by COMMAND (setpriv, ...)
ynl()
{
	local name=$1 ns=$2 in out

	shift 2
	mkfifo "$NT_TMP/$name.in" "$NT_TMP/$name.out"
	in_ns "$ns" "$@" ynl.py "$SPEC" "$USED" <"$NT_TMP/$name.in" >"$NT_TMP/$name.out" \
		2>"$NT_TMP/$name.err" &
	disown $!
	exec {in}>"$NT_TMP/$name.in" {out}<"$NT_TMP/$name.out"
	PEER_IN[$name]=$in
	PEER_OUT[$name]=$out
	echo pid >&"$in"
	IFS= read -rt 60 REPLY <&"$out" || fail "ynl.py does not start: $(cat "$NT_TMP/$name.err")"
	PEER_PID[$name]=${REPLY#ok }
	echo "${PEER_PID[$name]}" >>"$NT_TMP/pids"
}

# refused NAME ERRNO SENTENCE COMMAND...: a sentence that begins so
refused()
{
	local name=$1 errno=$2 sentence=$3

	shift 3
	ask "$name" "$@"
	case $REPLY in
	"err $errno $sentence"*) ;;
	*) fail "$*: answered '$REPLY', expected $errno and '$sentence...'" ;;
	esac
}

# extra: what GET says of timers and calls
extra()
{
	tell "$1" call get
	EXTRA="$(value timers) $(value calls)"
}

# heard_all NAME FILE COUNT: of the transitions
heard_all()
{
	tell "$1" heard "$2"
	[ "${REPLY%% *}" -ge "$3" ]
}

# told_all: the last wake-up of "a", in nts-x, tells of all that was recorded
told_all()
{
	tell a heard /dev/null
	[ "${REPLY##* }" = "$(stat_of recorded nts-x)" ] && [ "${REPLY##* }" -ge 20 ]
}

# every_sentence MIN: of the refusals in the C source on stdin, which are at least MIN,
# each was met by a test of this file
every_sentence()
{
	local sentence missing=0

	sed -n 's/.*NL_SET_ERR_MSG\(_ATTR\)\?(.*, "\(.*\)");.*/\2/p' >"$NT_TMP/sentences"
	at_least "sentences in the source" "$(wc -l <"$NT_TMP/sentences")" "$1"
	while IFS= read -r sentence; do
		grep -qxF "text $sentence" "$USED" && continue
		diag "never seen: $sentence"
		missing=$((missing + 1))
	done <"$NT_TMP/sentences"
	equal "sentences never seen" $missing 0
}

# value KEY: of the JSON object in REPLY; absent: nothing
value()
{
	python_value "$1" <<<"$REPLY"
}

python_value()
{
	sed -n "s/.*\"$1\": \(\"\([^\"]*\)\"\|\([^,}]*\)\).*/\2\3/p"
}

# 1 where this machine stores the largest byte of a number first
TWO_BYTES=$(printf '\0\1' | od -An -d -N 2 | tr -d ' ')

# in_memory BYTES NUMBER: in hexadecimal, as this machine stores it
in_memory()
{
	local i n=$2 out=

	for ((i = 0; i < $1; i++)); do
		if [ "$TWO_BYTES" = 1 ]; then
			printf -v out '%02x%s' $((n & 255)) "$out"
		else
			printf -v out '%s%02x' "$out" $((n & 255))
		fi
		n=$((n >> 8))
	done
	printf '%s' "$out"
}

# bpf "CODE JT JF K"...: a program of struct sock_filter, in hexadecimal
bpf()
{
	local insn w

	for insn in "$@"; do
		read -ra w <<<"$insn"
		printf '%s%02x%02x%s' "$(in_memory 2 $((w[0])))" $((w[1])) $((w[2])) \
			"$(in_memory 4 $((w[3])))"
	done
}

# the instructions that are used here; the names are libpcap's
LDH_ABS=0x28 LDB_ABS=0x30 LDXB_MSH=0xb1 LDH_IND=0x48 JEQ=0x15 RET=0x06 LD_ABS=0x20
SKF_AD_PROTOCOL=-4096 SKF_NET_OFF=-0x100000 SKF_LL_OFF=-0x200000

# IPv4 UDP to port $1; offsets begin at the network header
bpf_udp_port()
{
	bpf "$LDH_ABS 0 0 $SKF_AD_PROTOCOL" "$JEQ 0 6 0x800" "$LDB_ABS 0 0 9" "$JEQ 0 4 17" \
		"$LDXB_MSH 0 0 0" "$LDH_IND 0 0 2" "$JEQ 0 1 $1" "$RET 0 0 65535" "$RET 0 0 0"
}

bpf_arp()
{
	bpf "$LDH_ABS 0 0 $SKF_AD_PROTOCOL" "$JEQ 0 1 0x806" "$RET 0 0 65535" "$RET 0 0 0"
}

bpf_nothing()
{
	bpf "$RET 0 0 0"
}
