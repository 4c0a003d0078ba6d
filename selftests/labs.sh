#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: --icount
# kernel: 6.1
# debug: kmemleak=off
#
# Each lab shows what it claims, and fails its claim when its phenomenon is prevented.
# Guest time that is only waited for is skipped.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"

# some labs are about what the kernel drops
NT_DROPS=1

# nothing of a lab is left: no namespace, no note of one, no program
left_nothing()
{
	[ -z "$(ip netns list)" ] || fail "namespaces are left: $(ip netns list)"
	equal "notes of namespaces" "$(find /run/nettrace-lab -name "lab-*")" ""
	! pgrep -f programs/ >/dev/null || fail "programs are left: $(pgrep -af programs/)"
}

t_shows()
{
	local status=0

	"$NETTRACE" lab --json "$1" >"$NT_TMP/out" 2>"$NT_TMP/err" || status=$?
	if [ $status != 0 ]; then
		grep '"holds":false' "$NT_TMP/out" | sed 's/^/# /'
		fail "status $status: $(cat "$NT_TMP/err")"
	fi
	grep -q '"type":"claim"' "$NT_TMP/out" || fail "it claims nothing"
	! grep -q '"holds":false' "$NT_TMP/out" || fail "status 0 in spite of a claim that failed"
	left_nothing
}

t_prevented()
{
	local status=0

	"$NETTRACE" lab --json --prevent "$1" >"$NT_TMP/out" 2>"$NT_TMP/err" || status=$?
	[ $status = 4 ] || fail "status $status, expected 4: $(cat "$NT_TMP/err")"
	grep -q 'prevented, as intended' "$NT_TMP/err" || fail "says: $(cat "$NT_TMP/err")"
	left_nothing
}

# Ctrl-C in the middle: everything goes
t_interrupted()
{
	local status=0

	"$NETTRACE" lab time-wait >"$NT_TMP/out" 2>"$NT_TMP/err" &
	echo $! >>"$NT_TMP/pids"
	await "the lab to be under way" grep -q 'client closes first' "$NT_TMP/out"
	kill -TERM $!
	wait $! || status=$?
	equal "status" $status 143
	left_nothing
}

# killed outright: what is left is known, and goes with the next one
t_killed()
{
	"$NETTRACE" lab time-wait >"$NT_TMP/out" 2>"$NT_TMP/err" &
	await "the lab to be under way" grep -q 'client closes first' "$NT_TMP/out"
	kill -KILL $!
	wait $! || :
	ip netns list | grep -q lab-client || fail "there is nothing to clean up"
	must "$NETTRACE" lab --clean
	left_nothing
}

# a namespace that only has the name is not touched
t_foreign()
{
	local status=0

	ns_add lab-client
	must ip -n lab-client link add mine type dummy
	"$NETTRACE" lab handshake >"$NT_TMP/out" 2>"$NT_TMP/err" || status=$?
	equal "status" $status 1
	grep -q 'lab-client that no lab made' "$NT_TMP/err" || fail "says: $(cat "$NT_TMP/err")"
	must ip -n lab-client link show mine
	must "$NETTRACE" lab --clean
	must ip -n lab-client link show mine
	equal "namespaces" "$(ip netns list | wc -l)" 1
}

t_two_at_once()
{
	local status=0

	"$NETTRACE" lab time-wait >"$NT_TMP/out" 2>"$NT_TMP/err" &
	echo $! >>"$NT_TMP/pids"
	await "the lab to be under way" grep -q 'client closes first' "$NT_TMP/out"
	"$NETTRACE" lab handshake >"$NT_TMP/out2" 2>"$NT_TMP/err2" || status=$?
	equal "status of the second" $status 1
	grep -q 'another lab is running' "$NT_TMP/err2" || fail "says: $(cat "$NT_TMP/err2")"
	kill -INT $!
	wait $! || :
	left_nothing
}

t_keep()
{
	must "$NETTRACE" lab --keep handshake
	must ip netns exec lab-client ping -qc 1 10.0.1.2
	must "$NETTRACE" lab handshake
	left_nothing
}

t_quiz()
{
	must grep -q ask: /usr/local/share/nettrace/labs/handshake.lab
	printf 'syn sent\nwrong\n' | "$NETTRACE" lab --quiz handshake >"$NT_TMP/out" 2>"$NT_TMP/err" ||
		fail "status $?: $(cat "$NT_TMP/err")"
	grep -q 'right: SYN-SENT' "$NT_TMP/out" || fail "the right answer was not taken"
	grep -q 'the trace says: FIN-WAIT-1' "$NT_TMP/out" || fail "the wrong answer was"
	grep -q 'Your score: 1 of 2' "$NT_TMP/out" || fail "says: $(grep score "$NT_TMP/out")"
}

# a lab speaks Chinese, and claims the same
t_chinese()
{
	LC_ALL=C.UTF-8 LANGUAGE=zh_CN "$NETTRACE" lab handshake >"$NT_TMP/out" 2>"$NT_TMP/err" ||
		fail "status $?: $(cat "$NT_TMP/err")"
	grep -q 'handshake: 三个报文段打开一个连接（三次握手）' "$NT_TMP/out" || fail "the heading: $(head -n 3 "$NT_TMP/out")"
	grep -q '1\. 服务端调用 socket()、bind() 和 listen()。' "$NT_TMP/out" || fail "the first step is not in Chinese"
	grep -q 'SYN+ACK 使客户端转到 ESTABLISHED' "$NT_TMP/out" || fail "the claims are not in Chinese"
	! grep -q 'The client' "$NT_TMP/out" || fail "a text in English: $(grep 'The client' "$NT_TMP/out")"
	LC_ALL=C.UTF-8 LANGUAGE=zh_CN "$NETTRACE" lab >"$NT_TMP/out" || fail "the list: status $?"
	grep -q '四个报文段关闭连接' "$NT_TMP/out" || fail "the list is not in Chinese"
	left_nothing
}

# a lab whose claims are about what nettrace itself has written
t_chinese_output()
{
	LC_ALL=C.UTF-8 LANGUAGE=zh_CN t_shows frame
	# 本地管理: JSON has ASCII alone
	grep -qF '\u672C\u5730\u7BA1\u7406' "$NT_TMP/out" || fail "not in Chinese: $(grep '"name":"layers"' "$NT_TMP/out")"
}

labs=()
for file in /usr/local/share/nettrace/labs/*.lab; do
	name=${file##*/}
	name=${name%.lab}
	labs+=("t_shows $name")
	! grep -q '^prevent:' "$file" || labs+=("t_prevented $name")
done
load
nt_main "${labs[@]}" t_interrupted t_killed t_foreign t_two_at_once t_keep t_quiz t_chinese t_chinese_output
