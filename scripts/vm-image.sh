# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The test VM's memory disk.  It is archives in a row, of which the kernel makes
# one tree: the programs, and further sets of them (cached), the kernel's modules
# and the first process (cached for each kernel), and what one run needs.
#
# Sourced after lib.sh and arch.sh by scripts/vm; $arch is the VM's processor, if it is
# another one than this machine's.

IMAGES=$BUILD/vm

# Modules that tests may load, by name, with all that they depend on
IMAGE_MODULES="veth|dummy|bridge|br_netfilter|ifb|tun|8021q|vrf|macvlan|ipvlan|vxlan"
IMAGE_MODULES+="|sch_.*|cls_.*|act_.*|em_.*|tcp_.*|.*_diag|nf_.*|nft_.*|nfnetlink.*|nfnetlink"
IMAGE_MODULES+="|x_tables|xt_.*|ip_tables|iptable_.*|ipt_.*|ip6_tables|ip6table_.*|ip6t_.*"
IMAGE_MODULES+="|arp_tables|arptable_.*|arpt_.*|ebtable.*|ebt_.*|crc32c.*|virtio_console|virtio_pci"

# Of these, the ones that the VM needs before the command starts
IMAGE_FIRST="virtio_pci virtio_console"

# guest_programs: the folder of them
guest_programs()
{
	printf '%s\n' "$BUILD/guest-root${arch:+-$arch}"
}

# make_cpio DIR FILE: all files belong to root in there, whoever runs this
make_cpio()
{
	(cd "$1" && find . -mindepth 1 -printf '%P\0' | LC_ALL=C sort -z |
		cpio --quiet -0 -o -H newc -R 0:0 --reproducible) >"$2.new" ||
		die "cannot make the memory disk $2; is the disk full?"
	mv "$2.new" "$2"
}

# key_of TEXT: a short name for it
key_of()
{
	printf '%s' "$1" | sha256sum | cut -c 1-16
}

# image_programs: print the archive of the VM's programs
image_programs()
{
	local file root

	root=$(guest_programs)
	"$TOP/scripts/guest-root" ${arch:+--arch "$arch"}
	file=$IMAGES/${arch:+$arch-}programs-$(key_of "$(cat "$root.list" "$TOP/scripts/guest-root")").cpio
	if [ ! -s "$file" ]; then
		say "packing the VM's programs"
		rm -f "$IMAGES/${arch:+$arch-}programs"-*.cpio
		make_cpio "$root" "$file"
	fi
	printf '%s\n' "$file"
}

# image_set NAME: print the archive of a further set of programs
image_set()
{
	local root=$BUILD/guest-root-$1 file

	"$TOP/scripts/guest-root" --set "$1"
	file=$IMAGES/set-$1-$(key_of "$(cat "$root.list" "$TOP/scripts/guest-root")").cpio
	if [ ! -s "$file" ]; then
		rm -f "$IMAGES/set-$1"-*.cpio
		make_cpio "$root" "$file"
	fi
	printf '%s\n' "$file"
}

# module_closure MODULES.DEP REGEX: paths of the modules, dependencies first
module_closure()
{
	awk -v want="^($2)\$" '
		function base(path) {
			sub(/.*\//, "", path)
			sub(/\.ko.*/, "", path)
			gsub(/-/, "_", path)
			return path
		}
		function add(path,   i, n, list) {
			if (path in done)
				return
			done[path] = 1
			n = split(deps[path], list, " ")
			for (i = n; i > 0; i--)
				add(list[i])
			print path
		}
		{
			path = $1
			sub(/:$/, "", path)
			$1 = ""
			deps[path] = $0
			if (base(path) ~ want)
				wanted[++count] = path
		}
		END {
			for (i = 1; i <= count; i++)
				add(wanted[i])
		}' "$1"
}

# copy_modules KERNEL STAGE: plain .ko files, so that the VM need not unpack them
copy_modules()
{
	local kernel=$1 to path release

	release=$(cat "$kernel/release")
	to=$2/usr/lib/modules/$release
	mkdir -p "$to"
	module_closure "$kernel/modules/modules.dep" "$IMAGE_MODULES" >"$2.list"
	while read -r path; do
		mkdir -p "$to/${path%/*}"
		case $path in
		*.xz) xz -dc "$kernel/modules/$path" >"$to/${path%.xz}" ;;
		*.zst) zstd -qdc "$kernel/modules/$path" >"$to/${path%.zst}" ;;
		*.gz) gzip -dc "$kernel/modules/$path" >"$to/${path%.gz}" ;;
		*) cp "$kernel/modules/$path" "$to/$path" ;;
		esac
	done <"$2.list"
	cp "$kernel"/modules/modules.builtin* "$kernel/modules/modules.order" "$to/"
	mkdir -p "$2/lib-link"
	ln -s ../usr/lib "$2/lib-link/lib"
	depmod -b "$2/lib-link" -o "$2" "$release" 2>/dev/null || depmod -b "$2/usr" "$release"
	rm -rf "$2/lib-link"
}

# first_modules KERNEL STAGE: what the first process loads, in order
first_modules()
{
	module_closure "$1/modules/modules.dep" "${IMAGE_FIRST// /|}" |
		sed "s,^,/usr/lib/modules/$(cat "$1/release")/,; s,\.ko\..*,.ko," >"$2/.vm/modules"
}

# image_kernel KERNEL: print the archive of that kernel's modules and /init
image_kernel()
{
	local kernel=$1 release key file stage

	release=$(cat "$kernel/release")
	key=$(key_of "$release $(stat -L -c '%s %Y' "$kernel/modules/modules.dep" "$kernel/vmlinuz")
		$(cat "$TOP/scripts/vm-init.c" "$TOP/scripts/vm-image.sh")")
	file=$IMAGES/kernel-$release-$key.cpio
	if [ ! -s "$file" ]; then
		need gcc depmod xz
		say "packing the modules of kernel $release for the VM"
		rm -f "$IMAGES/kernel-$release"-*.cpio
		stage=$IMAGES/.kernel-stage
		rm -rf "$stage" "$stage.list"
		mkdir -p "$stage/.vm"
		guest_compiler -static -O2 -Wall -Wno-unused-result -o "$stage/init" "$TOP/scripts/vm-init.c" ||
			die "the VM's first process does not compile (messages above); is libc6-dev installed?"
		copy_modules "$kernel" "$stage"
		first_modules "$kernel" "$stage"
		make_cpio "$stage" "$file"
		rm -rf "$stage" "$stage.list"
	fi
	printf '%s\n' "$file"
}

# guest_compiler ARG...: what makes programs for the VM
guest_compiler()
{
	if [ -n "$arch" ]; then
		"$(triplet "$arch")-gcc" "--sysroot=$ARCH_DIR/$arch/root" "$@"
	else
		gcc "$@"
	fi
}

# guest_path PATH: where a file of this machine belongs in the VM, which has
# links where a machine may have folders
guest_path()
{
	case $1 in
	/bin/* | /sbin/* | /lib/* | /lib64/*) printf '/usr%s\n' "$1" ;;
	*) printf '%s\n' "$1" ;;
	esac
}

# add_file SRC DEST: a file or folder of this machine as DEST in the VM
add_file()
{
	local dest=$RUN/root$2

	[ -e "$1" ] || die "$1 does not exist, so it cannot be given to the VM"
	mkdir -p "${dest%/*}"
	if [ -d "$1" ]; then
		mkdir -p "$dest"
		cp -RLp "$1/." "$dest/"
	else
		cp -Lp "$1" "$dest"
	fi
}

# add_libraries PROGRAM: what it is linked with and the VM lacks
add_libraries()
{
	local lib dest

	[ -z "$arch" ] || return 0 # guest-root has what the tools link with
	ldd "$1" >"$RUN/ldd" 2>/dev/null || return 0 # a script, or linked statically
	! grep -q 'not found' "$RUN/ldd" ||
		die "$1 lacks libraries on this machine: $(grep 'not found' "$RUN/ldd" | awk '{print $1}' | tr '\n' ' ')"
	awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }' "$RUN/ldd" |
		while read -r lib; do
			dest=$(guest_path "$lib")
			[ -e "$(guest_programs)$dest" ] || [ -e "$RUN/root$dest" ] || add_file "$lib" "$dest"
		done
}

# add_program NAME: one of this machine's programs
add_program()
{
	local path

	path=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin:$PATH command -v "$1") ||
		die "no program $1 on this machine to give to the VM; install it first"
	add_file "$path" "$(guest_path "$path")"
	add_libraries "$path"
}

# add_project: tools, module, tests and scripts, where the tests look for them
add_project()
{
	local tool folder file own=$BUILD

	for folder in selftests scripts build/kselftest; do
		[ ! -d "$TOP/$folder" ] || add_file "$TOP/$folder" "/nettrace/$folder"
	done
	if [ -n "$arch" ]; then
		own=$ARCH_DIR/$arch/vm
		add_file "$own/selftests" /nettrace/selftests
	fi
	add_file "$TOP/userspace/labs" /usr/local/share/nettrace/labs
	# the netlink specification, and where the module's sentences are
	add_file "$TOP/module/uapi" /nettrace/module/uapi
	for file in "$TOP"/module/*.c; do
		case $file in
		*.mod.c) ;;
		*) add_file "$file" "/nettrace/module/${file##*/}" ;;
		esac
	done
	[ ! -d "$BUILD/share/locale" ] || add_file "$BUILD/share/locale" /usr/local/share/locale
	for tool in "$own"/bin/*; do
		[ -f "$tool" ] || continue
		add_file "$tool" "/usr/local/bin/${tool##*/}"
		add_libraries "$tool"
	done
}
