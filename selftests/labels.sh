#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# debug: kmemleak=off
#
# What payloads say: with payload=256 names, addresses, lines and banners of real
# programs, whose own logs are the judges; of programs that mean harm, nothing that
# a terminal obeys; without it, nothing is kept and ports alone are named.

# shellcheck source=selftests/lib/nt.sh
. "$(dirname "$0")/lib/nt.sh"
# shellcheck source=selftests/lib/serve.sh
. "$NT_DIR/lib/serve.sh"

NETTRACED=${NETTRACED:-$(command -v nettraced || echo "$NT_TOP/build/bin/nettraced")}
MARKER=n3ttrac3

# label FIELD CONDITION...
label()
{
	local field=$1

	shift
	ntq -p "$field" app? "$@" <"$JSON"
}

# the name, its address, and then the SYN to that address that needed it
t_web()
{
	load_with payload=256
	net_pair
	names --address=/web.test/$SADDR
	web
	must in_ns $C curl -sSf -4 -o "$NT_TMP/page" http://web.test/hello.txt
	equal "the page" "$(cat "$NT_TMP/page")" hello
	observe $C,$S
	at_least "questions that dnsmasq tells of" "$(grep -c 'query\[A\] web.test from' "$NT_TMP/dnsmasq")" 1
	says 1 type=datagram "app.text=A web.test?" app.name=dns app.kind=request 'dir=c>s'
	says 1 type=datagram "app.text=A web.test: $SADDR" app.name=dns app.kind=response 'dir=s>c'
	says 1 type=conversation proto=udp app.name=dns app.basis=bytes
	grep -q '"GET /hello.txt HTTP/1.1" 200' "$NT_TMP/access" || fail "nginx: $(cat "$NT_TMP/access")"
	says 1 type=segment "app.text=GET /hello.txt HTTP/1.1" app.name=http app.kind=request 'dir=c>s'
	says 1 type=segment "app.text=HTTP/1.1 200 OK" app.kind=response 'dir=s>c'
	says 1 type=conversation proto=tcp app.name=http app.basis=bytes '!app.by_port'
	at_least "the SYN comes after the answer" "$(ntq -p t type=segment flags=SYN <"$JSON")" \
		"$(label t app.kind=response app.name=dns "app.text=A web.test: $SADDR")"
	"$NETTRACE" timeline --width 160 -N $C,$S >"$NT_TMP/text" || fail "timeline"
	grep -q 'GET /hello.txt HTTP/1.1' "$NT_TMP/text" || fail "$(cat "$NT_TMP/text")"
	grep -q "dns A web.test: $SADDR" "$NT_TMP/text" || fail "$(cat "$NT_TMP/text")"
	"$NETTRACE" list --width 80 -N $C,$S >"$NT_TMP/text" || fail "list"
	grep -q "$SADDR:80 http " "$NT_TMP/text" || fail "$(cat "$NT_TMP/text")"
}

# a name that there is not; a TLS client's name for its server, of which nothing is
# encrypted yet: the listener is none of TLS
t_refusals()
{
	load_with payload=512
	net_pair
	names
	peer server $S
	tell server listen $SADDR 8443
	! in_ns $C curl -sS -4 http://gone.test/ 2>"$NT_TMP/err" || fail "there is no gone.test"
	in_ns $C curl -sSk --connect-to "::$SADDR:8443" https://secret.test/ 2>"$NT_TMP/err" &
	curl=$!
	tell server accept
	tell server recv 100
	tell server close
	! wait $curl || fail "curl is content"
	observe $C,$S
	at_least "refusals" "$(said "app.text=A gone.test: REFUSED|A gone.test: NXDOMAIN" \
		app.name=dns app.kind=response)" 1
	says 1 type=segment app.name=tls app.kind=request "app.text=ClientHello secret.test TLS 1.3"
	says 1 type=conversation proto=tcp app.name=tls app.basis=bytes
}

# the four messages of DHCP; the address is the one that the client sets
t_dhcp()
{
	load_with payload=320
	net_pair
	must ip -n $C addr flush dev eth0
	names --dhcp-range=10.0.1.50,10.0.1.60,1h --dhcp-authoritative --no-ping --port=53
	# shellcheck disable=SC2016 # of the script that is written
	printf '#!/bin/sh\n[ "$1" != bound ] || echo "$ip" >%s/bound\n' "$NT_TMP" >"$NT_TMP/script"
	chmod +x "$NT_TMP/script"
	must in_ns $C busybox udhcpc -i eth0 -n -q -f -t 5 -T 2 -s "$NT_TMP/script"
	got=$(cat "$NT_TMP/bound")
	grep -q "DHCPACK(eth0) $got" "$NT_TMP/dnsmasq" || fail "dnsmasq: $(cat "$NT_TMP/dnsmasq")"
	observe $S
	at_least "DISCOVER" "$(said "app.text=DISCOVER" app.name=dhcp app.kind=request)" 1
	says 1 "app.text=OFFER $got" app.name=dhcp app.kind=response
	says 1 "app.text=REQUEST $got" app.name=dhcp app.kind=request
	says 1 "app.text=ACK $got" app.name=dhcp app.kind=response
}

# watch NAME COMMAND...: in the background, until it is asked to end
watch()
{
	local name=$1

	shift
	"$NETTRACE" "$@" -N "$C,$S" >"$NT_TMP/$name" 2>"$NT_TMP/$name.err" &
	WATCHERS+=($!)
	echo $! >>"$NT_TMP/pids"
	await "$name to read" reading $!
}

quiet()
{
	[ -z "$(in_ns "$C" ss -Htan state connected exclude time-wait)$(
		in_ns "$S" ss -Htan state connected exclude time-wait)" ]
}

# the server of harm; Python takes its time to start on a busy machine
harm()
{
	background "$S" "$NT_TMP/talk" python3 "$NT_DIR/lib/talk.py" server "$SADDR"
	until_true $((60 * SLOW)) ready "$NT_TMP/talk" ready ||
		fail "the server does not come: $(cat "$NT_TMP/talk")"
}

# all that it says, to a client that is no better
harmful()
{
	must in_ns "$C" python3 "$NT_DIR/lib/talk.py" client "$SADDR"
	await "all to be closed" quiet
}

# what each format makes of them: nothing to obey, and the words are there
t_harmful()
{
	local id pid name

	load_with payload=320
	net_pair
	harm
	WATCHERS=()
	watch follow follow --width 200
	watch follow.json follow --json
	watch record record "$NT_TMP/recording"
	harmful
	for name in follow follow.json; do
		await "$name to have all" has_all "$NT_TMP/$name"
	done
	kill -INT "${WATCHERS[@]}"
	for pid in "${WATCHERS[@]}"; do
		wait "$pid" || fail "status $?: $(cat "$NT_TMP"/*.err)"
	done
	"$NETTRACE" timeline --width 200 -N $C,$S >"$NT_TMP/timeline" || fail timeline
	"$NETTRACE" timeline --width 60 --ascii -N $C,$S >"$NT_TMP/narrow" || fail "timeline --width 60"
	"$NETTRACE" timeline --json -N $C,$S >"$NT_TMP/timeline.json" || fail "timeline --json"
	"$NETTRACE" list -N $C,$S >"$NT_TMP/list" || fail list
	"$NETTRACE" list --json -N $C,$S >"$NT_TMP/list.json" || fail "list --json"
	"$NETTRACE" replay --width 200 "$NT_TMP/recording" >"$NT_TMP/replay" || fail replay
	for id in $(ntq -p conv type=conversation <"$NT_TMP/list.json"); do
		"$NETTRACE" show "$id" --width 200 -N $C,$S >>"$NT_TMP/show" || fail "show $id"
	done
	must python3 "$NT_DIR/lib/clean.py" "$NT_TMP"/{follow,timeline,narrow,list,show,replay}
	must python3 "$NT_DIR/lib/clean.py" --json "$NT_TMP"/{follow,timeline,list}.json
	for name in follow follow.json timeline timeline.json show replay; do
		at_least "labels in $name" "$(grep -c "$MARKER" "$NT_TMP/$name")" 8
		grep -qF '<script>' "$NT_TMP/$name" || fail "$name: HTML is text, and stays"
		grep -qF 'x1b[2J' "$NT_TMP/$name" || fail "$name: what is escaped is told"
	done
	JSON=$NT_TMP/timeline.json
	says 2 type=segment app.name=ssh app.kind=greeting
	says 1 type=conversation app.name=ssh app.by_port=http app.basis=bytes
	says 2 type=conversation app.name=dns app.basis=bytes
	says 1 type=conversation proto=tcp app.name=http app.basis=bytes
	# a recording holds the same
	"$NETTRACE" timeline --json -r "$NT_TMP/recording" >"$NT_TMP/recorded" || fail "timeline -r"
	ntq -p app.name,app.kind,app.text app? <"$JSON" | sort >"$NT_TMP/a"
	ntq -p app.name,app.kind,app.text app? <"$NT_TMP/recorded" | sort >"$NT_TMP/b"
	diff "$NT_TMP/a" "$NT_TMP/b" >"$NT_TMP/diff" || fail "$(head "$NT_TMP/diff")"
}

# the last line of all is that of the second banner
has_all()
{
	[ "$(grep -c "SSH-2.0-$MARKER" "$1")" = 2 ]
}

serving()
{
	[ -S "$NT_TMP/socket" ] && "$NETTRACE" list --daemon="$NT_TMP/socket" --json >/dev/null 2>&1
}

daemon_has_all()
{
	JSON=$NT_TMP/daemon
	"$NETTRACE" timeline --json --daemon="$NT_TMP/socket" >"$JSON" 2>"$NT_TMP/err" &&
		[ "$(said app.name=ssh app.kind=greeting)" = 2 ]
}

# what nettraced has kept is what the rings hold
t_daemon()
{
	load_with payload=320
	net_pair
	harm
	: >"$NT_TMP/conf"
	"$NETTRACED" --socket "$NT_TMP/socket" --config "$NT_TMP/conf" -N "$C,$S" \
		>/dev/null 2>"$NT_TMP/words" &
	daemon=$!
	echo $daemon >>"$NT_TMP/pids"
	await "the daemon to serve" serving
	harmful
	await "the daemon to have all" daemon_has_all
	kill -TERM $daemon
	wait $daemon || fail "nettraced: $(cat "$NT_TMP/words")"
	must python3 "$NT_DIR/lib/clean.py" --json "$NT_TMP/daemon"
	observe "$C,$S"
	at_least "labels" "$(said app.text?)" 8
	ntq -p app.name,app.kind,app.text app? <"$JSON" | sort >"$NT_TMP/a"
	ntq -p app.name,app.kind,app.text app? <"$NT_TMP/daemon" | sort >"$NT_TMP/b"
	diff "$NT_TMP/a" "$NT_TMP/b" >"$NT_TMP/diff" || fail "$(head "$NT_TMP/diff")"
}

# nothing is kept unless it is asked for: not in the rings, nor in recordings
t_nothing_kept()
{
	load
	net_pair
	harm
	"$NETTRACE" record "$NT_TMP/recording" -N $C,$S 2>"$NT_TMP/err" &
	echo $! >>"$NT_TMP/pids"
	recorder=$!
	await "the recorder to read" reading $recorder
	harmful
	kill -INT $recorder
	wait $recorder || fail "record: $(cat "$NT_TMP/err")"
	in_ns $S timeout 5 dd if=/proc/net/nettrace/events bs=1M count=1 of="$NT_TMP/raw" 2>"$NT_TMP/err" ||
		fail "$(cat "$NT_TMP/err")"
	at_least "bytes that were read" "$(stat -c %s "$NT_TMP/raw")" 9600
	equal "lines with the word in the rings" "$(grep -ac $MARKER "$NT_TMP/raw")" 0
	equal "lines with it in a recording" "$(grep -ac $MARKER "$NT_TMP/recording")" 0
	observe $C,$S
	says 0 app.basis=bytes
	says 0 type=segment app?
	says 0 type=datagram app?
	# the ports, as guesses
	says 1 type=conversation proto=tcp server.port=80 app.name=http app.basis=port
	says 1 type=conversation proto=udp server.port=53 app.name=dns app.basis=port
	equal "the system's list" "$(awk '$2 == "80/tcp" { print $1; exit }' /etc/services)" http
	"$NETTRACE" list --width 120 -N $C,$S >"$NT_TMP/text" || fail list
	grep -q "$SADDR:80 http? " "$NT_TMP/text" || fail "$(cat "$NT_TMP/text")"
	# the same traffic where it is asked for: then both have it
	load_with payload=256
	must in_ns $C python3 "$NT_DIR/lib/talk.py" client $SADDR
	in_ns $S timeout 5 dd if=/proc/net/nettrace/events bs=1M count=1 of="$NT_TMP/raw" 2>"$NT_TMP/err" ||
		fail "$(cat "$NT_TMP/err")"
	at_least "lines with the word in the rings" "$(grep -ac $MARKER "$NT_TMP/raw")" 5
}

nt_main t_web t_refusals t_dhcp t_harmful t_daemon t_nothing_kept
