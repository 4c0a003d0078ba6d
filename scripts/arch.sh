# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Building for another processor on this machine: what its compiler and QEMU's
# emulation of its programs are called, and the libraries to link with.
#
# Sourced after lib.sh; arch_root also needs apt.sh.

ARCH_DIR=$BUILD/arch

# What the tools and their tests are compiled and linked with
ARCH_PACKAGES="libc-bin libc6-dev linux-libc-dev libjansson-dev libpcap-dev libmnl-dev libcap-ng-dev
	libseccomp-dev uthash-dev libyaml-dev libcmocka-dev"

# triplet ARCH: as its compiler is called
triplet()
{
	case $1 in
	arm64) printf 'aarch64-linux-gnu\n' ;;
	*) printf '%s-linux-gnu\n' "$1" ;;
	esac
}

# emulator ARCH: QEMU for one program
emulator()
{
	case $1 in
	arm64) printf 'qemu-aarch64\n' ;;
	*) printf 'qemu-%s\n' "$1" ;;
	esac
}

# arch_root ARCH: the libraries and headers, in build/arch/ARCH/root
arch_root()
{
	local root=$ARCH_DIR/$1/root packages

	[ ! -s "$root.list" ] || return 0
	apt_use debian "$1"
	# shellcheck disable=SC2086 # a list of words
	mapfile -t packages < <(apt_closure $ARCH_PACKAGES)
	[ ${#packages[@]} -gt 20 ] ||
		die "the package lists do not offer for $1 what the tools link with ($ARCH_PACKAGES)"
	say "downloading libraries for $1: ${#packages[@]} packages (unpacked into build/arch, not installed)"
	rm -rf "$root" "$root.debs"
	apt_download "$root.debs" "${packages[@]}"
	merge_usr "$root"
	apt_unpack "$root" "$root.debs"/*.deb
	rm -rf "$root.debs" "$root"/usr/share/{doc,man,locale}
	printf '%s\n' "${packages[@]}" >"$root.list"
}
