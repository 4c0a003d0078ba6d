# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Packages without installing them: an apt configuration of the project's own,
# with its own sources list, state and cache under build/apt.  The machine's
# sources, lists, cache and installed packages stay as they are; its mirror,
# proxy and authentication settings are taken over.
#
# Four sets of sources:
#   debian   the Debian release that the test kernels come from, with its
#            security and backports suites
#   before   the release before that one, for the oldest test kernel
#   sid      Debian's unstable suite, for kernels that are newer than those
#   machine  the machine's own sources, for programs that must fit its C library
#
# Each for this machine's architecture, or for another one.
#
# Sourced after lib.sh.

APT_DIR=$BUILD/apt
APT_SUITE=bookworm
APT_SUITE_BEFORE=bullseye
APT_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
APT_FRESH_MINUTES=720

# os_field NAME: a field of /etc/os-release
os_field()
{
	sed -n "s/^$1=\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" /etc/os-release 2>/dev/null || true
}

# apt_mirror_of SUITE: the URI from which the machine itself takes that suite
apt_mirror_of()
{
	apt-get update --print-uris 2>/dev/null |
		sed -n "s,^'\([^']*\)/dists/$1/InRelease'.*,\1,p" | sed -n 1p
}

apt_debian_mirror()
{
	local codename uri=${NETTRACE_MIRROR:-}

	codename=$(os_field VERSION_CODENAME)
	if [ -z "$uri" ] && [ "$(os_field ID)" = debian ]; then
		uri=$(apt_mirror_of "$codename")
		[ -n "$uri" ] || uri=$(apt_mirror_of "[^/']*")
	fi
	# a machine that is no Debian has no Debian mirror to take over
	printf '%s\n' "${uri:-http://deb.debian.org/debian}"
}

# apt_security_mirror MAIN-MIRROR
apt_security_mirror()
{
	local uri=${NETTRACE_SECURITY_MIRROR:-}

	[ -n "$uri" ] || uri=$(apt_mirror_of "$(os_field VERSION_CODENAME)-security")
	case $uri in
	*debian*) ;;
	*) uri=${1%/}-security ;;
	esac
	printf '%s\n' "$uri"
}

# apt_sources SET
apt_sources()
{
	local mirror security options=

	mirror=$(apt_debian_mirror)
	[ ! -r "$APT_KEYRING" ] || options="[signed-by=$APT_KEYRING] "
	if [ "$1" = sid ]; then
		printf 'deb %s%s sid main\n' "$options" "$mirror"
		return
	fi
	security=$(apt_security_mirror "$mirror")
	if [ "$1" = before ]; then
		printf 'deb %s%s %s main\n' "$options" "$mirror" "$APT_SUITE_BEFORE" \
			"$options" "$security" "$APT_SUITE_BEFORE-security"
		return
	fi
	cat <<-EOF
		deb $options$mirror $APT_SUITE main
		deb $options$mirror $APT_SUITE-updates main
		deb $options$mirror $APT_SUITE-backports main
		deb $options$security $APT_SUITE-security main
	EOF
}

# apt_write_config SET DIR [ARCH].  The machine's settings first, so that a proxy is
# honoured; then what keeps this apt away from the machine: its own folders, no
# hooks, and an empty list of installed packages (dependencies are complete).
apt_write_config()
{
	local dir=$2

	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	{
		env -u APT_CONFIG apt-config dump
		cat <<-EOF
			#clear APT::Update::Pre-Invoke;
			#clear APT::Update::Post-Invoke;
			#clear APT::Update::Post-Invoke-Success;
			#clear Binary::apt-get;
			Dir::Etc::parts "/dev/null";
			Dir::Etc::main "/dev/null";
			Dir::Etc::preferences "/dev/null";
			Dir::Etc::preferencesparts "/dev/null";
			Dir::State "$dir";
			Dir::State::lists "$dir/lists";
			Dir::State::status "$dir/status";
			Dir::Cache "$dir/cache";
			Dir::Cache::archives "$dir/cache/archives";
			Dir::Cache::pkgcache "pkgcache.bin";
			Dir::Cache::srcpkgcache "srcpkgcache.bin";
			APT::Sandbox::User "";
			APT::Get::List-Cleanup "true";
			APT::Install-Recommends "false";
			Acquire::Languages "none";
			Acquire::Retries "3";
		EOF
		if [ -n "${3:-}" ]; then
			# what runs while building is this machine's
			printf '#clear APT::Architectures;\n'
			printf 'APT::Architecture "%s";\n' "$3"
			printf 'APT::Architectures { "%s"; "%s"; };\n' "$3" "$(dpkg --print-architecture)"
		fi
		if [ "$1" != machine ]; then
			printf 'Dir::Etc::sourcelist "%s";\n' "$dir/sources.list"
			printf 'Dir::Etc::sourceparts "/dev/null";\n'
		fi
	} >"$dir/apt.conf.new"
	if [ "$1" != machine ]; then
		apt_sources "$1" >"$dir/sources.list.new"
		mv "$dir/sources.list.new" "$dir/sources.list"
	fi
	mv "$dir/apt.conf.new" "$dir/apt.conf"
}

# apt_use SET [ARCH]: from here on apt-get and apt-cache work with that set
apt_use()
{
	local dir=$APT_DIR/$1${2:+-$2}

	need apt-get apt-cache apt-config dpkg-deb
	unset APT_CONFIG
	apt_write_config "$1" "$dir" "${2:-}"
	export APT_CONFIG=$dir/apt.conf
	APT_NOW=$dir
	[ -n "$(find "$dir/updated" -mmin -$APT_FRESH_MINUTES 2>/dev/null)" ] || apt_update
}

apt_update()
{
	local log=$APT_NOW/update.log

	say "reading the package lists (kept in ${APT_NOW#"$TOP"/}; the machine's own are not touched)"
	apt-get -q update >"$log" 2>&1 || {
		tail -n 15 "$log" >&2
		die "the package lists could not be read (log above); check the network and the mirror, then try again"
	}
	touch "$APT_NOW/updated"
}

# apt_newest REGEX: the name of the newest package whose whole name matches, if any
apt_newest()
{
	apt-cache pkgnames | { grep -E "^($1)\$" || true; } | sort -V | tail -n 1
}

# apt_offered PACKAGE...: can each be downloaded?  The lists know names that they only mention.
apt_offered()
{
	local package

	for package in "$@"; do
		[ -n "$(apt-cache madison "$package")" ] || return 1
	done
}

# apt_newest_release REGEX PREFIX...: the newest release, wholly matched by REGEX, of
# which every package PREFIX-RELEASE is there, if any.  Those of one release are made
# from several sources and come into a suite hours apart.
apt_newest_release()
{
	local regex=$1 release

	shift
	apt-cache pkgnames "$1-" | sed -nE "s/^$1-($regex)\$/\1/p" | sort -rV |
		while read -r release; do
			apt_offered "${@/%/-$release}" || continue
			printf '%s\n' "$release"
			cat >/dev/null
		done
}

# apt_closure PACKAGE...: with all that they depend on, as name=version
apt_closure()
{
	LC_ALL=C apt-get -s -q --no-install-recommends install "$@" |
		sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p'
}

# apt_download DIR PACKAGE...: the .deb files into DIR; stale lists are renewed once
apt_download()
{
	local dir=$1 log=$APT_NOW/download.log

	shift
	mkdir -p "$dir"
	(cd "$dir" && apt-get -q download "$@") >"$log" 2>&1 && return
	apt_update
	(cd "$dir" && apt-get -q download "$@") >"$log" 2>&1 && return
	tail -n 15 "$log" >&2
	die "download failed for $* (log above); check the network, then try again"
}

# apt_unpack DIR DEB...: tar rather than dpkg-deb -x, to respect links to folders
apt_unpack()
{
	local dir=$1 deb

	shift
	mkdir -p "$dir"
	for deb in "$@"; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -C "$dir" -xpf - --keep-directory-symlink --warning=no-timestamp ||
			die "cannot unpack ${deb##*/} into $dir; is the disk full?"
	done
}

# merge_usr ROOT: one /usr, as on the machines where programs are built
merge_usr()
{
	local dir

	for dir in bin sbin lib lib64; do
		mkdir -p "$1/usr/$dir"
		ln -sfn "usr/$dir" "$1/$dir"
	done
}
