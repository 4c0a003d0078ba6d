# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Servers of the tests whose payloads are read: to be sourced behind nt.sh, and
# used when S and SADDR are set.  They end with the test.

# ready FILE WORD
ready()
{
	grep -q "$2" "$1"
}

bound()
{
	[ -n "$(in_ns "$1" ss "-Hln$2" "sport = :$3")" ]
}

# background NETNS LOG COMMAND...
background()
{
	local ns=$1 log=$2

	shift 2
	ip netns exec "$ns" "$@" >"$log" 2>&1 &
	echo $! >>"$NT_TMP/pids"
	disown $!
}

# names: dnsmasq in S, which C asks
names()
{
	background "$S" "$NT_TMP/dnsmasq" dnsmasq --no-daemon --conf-file=/dev/null --user=root \
		--no-resolv --no-hosts --pid-file= --log-queries --log-facility=- "$@"
	await "dnsmasq to listen" bound "$S" u 53
	[ -e /etc/resolv.conf ] || : >/etc/resolv.conf
	mkdir -p "/etc/netns/$C"
	echo "nameserver $SADDR" >"/etc/netns/$C/resolv.conf"
}

web()
{
	mkdir -p "$NT_TMP/www" "$NT_TMP/nginx"
	echo hello >"$NT_TMP/www/hello.txt"
	cat >"$NT_TMP/nginx.conf" <<-END
		daemon off;
		user root;
		pid $NT_TMP/nginx/pid;
		error_log stderr;
		events { }
		http {
			access_log $NT_TMP/access;
			client_body_temp_path $NT_TMP/nginx/b;
			proxy_temp_path $NT_TMP/nginx/p;
			fastcgi_temp_path $NT_TMP/nginx/f;
			uwsgi_temp_path $NT_TMP/nginx/u;
			scgi_temp_path $NT_TMP/nginx/s;
			server { listen $SADDR:80; root $NT_TMP/www; }
		}
	END
	background "$S" "$NT_TMP/nginx.log" nginx -e stderr -c "$NT_TMP/nginx.conf"
	await "nginx to listen" bound "$S" t 80
}
