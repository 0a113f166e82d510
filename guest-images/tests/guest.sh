# SPDX-License-Identifier: GPL-2.0-or-later
# The image: its bytes, and programs in a guest. Sourced by ../test.

# Same bytes from another folder, with other file times, umask and time zone.
image_is_reproducible() {
    first=$("$here/build") || return 1
    mkdir -p "$tmp/clone/engine" "$tmp/cache"
    cp -r "$here" "$here/../npb-configs" "$tmp/clone/"
    cp -r "$here/../engine/bin" "$tmp/clone/engine/"
    cp -r "$first/../../kernel" "$tmp/cache/"
    second=$(umask 077 && TZ=Asia/Bangkok MPLM_CACHE=$tmp/cache "$tmp/clone/guest-images/build") || return 1
    diff -r "$first" "$second"
}

# An image with it, made from another folder.
workload_runs_in_a_guest() {
    mkdir -p "$tmp/own/clone/engine" "$tmp/own/cache"
    cp -r "$here" "$here/../npb-configs" "$tmp/own/clone/"
    cp -r "$here/../engine/bin" "$tmp/own/clone/engine/"
    sed "s|\.\./tiny|$tmp/tiny|" "$tmp/workloads/lu.yaml" >"$tmp/own/clone/npb-configs/lu.yaml"
    cp -r "$("$here/build")/../../kernel" "$tmp/own/cache/"
    own=$(MPLM_CACHE=$tmp/own/cache "$tmp/own/clone/guest-images/build") || return 1
    run 0 env MPLM_GUEST="$own" "$here/boot" 120 128 2 benchmark=lu class=S threads=2 &&
        grep -q '^@mplm ready ' "$tmp/records" && between resident_kib 4096 8192 &&
        grep -q '^@mplm result .* verification=successful ' "$tmp/records" &&
        grep -q '^@mplm end status=0 ' "$tmp/records"
}

# Its end is none of the heartbeat's.
workload_leaves_a_process() {
    run 0 env MPLM_GUEST="$own" "$here/boot" 120 128 2 benchmark=lu class=O threads=1 repetitions=2 &&
        [ "$(grep -c '^@mplm result .* verification=successful ' "$tmp/records")" -eq 2 ] &&
        grep -q '^@mplm end status=0 ' "$tmp/records"
}

# ... and another image for another program, though nothing else has changed.
another_program_is_another_image() {
    cp "$tmp/tiny" "$tmp/own/program"
    sed "/^  [A-RT-Z]: /d; /^  S: /s|\"[^\"]*tiny\"|\"$tmp/own/program\"|" "$tmp/workloads/lu.yaml" >"$tmp/own/clone/npb-configs/lu.yaml"
    one=$(MPLM_CACHE=$tmp/own/cache "$tmp/own/clone/guest-images/build") || return 1
    echo >>"$tmp/own/program"
    other=$(MPLM_CACHE=$tmp/own/cache "$tmp/own/clone/guest-images/build") || return 1
    [ "$one" != "$other" ]
}

# With far more threads than this machine has cores: they have to wait passively.
# The limit is for a guest that hangs.
verifies_in_a_guest() { # NAME
    run 0 "$here/boot" 300 128 8 "benchmark=$1" class=S threads=8 &&
        [ "$(grep -c '^@mplm result .* verification=successful ' "$tmp/records")" -eq 1 ] &&
        ! grep -q '^@mplm kvm ' "$tmp/records" &&
        grep -q '^@mplm end status=0 ' "$tmp/records"
}

# Its memory is filled before the program starts, which has the rest.
ballast_is_filled() {
    run 0 "$here/boot" 120 128 2 benchmark=mg class=S threads=2 ballast_mib=40 &&
        grep '^@mplm \(ballast\|start\) ' "$tmp/records" | head -n 1 | grep -q '^@mplm ballast mib=40 ' &&
        grep -q '^@mplm end status=0 ' "$tmp/records"
}

# A port that is slow for what is asked of it: each byte of a record is an exit of the guest. The best of two, for others run here too.
heartbeats_leave_the_program_its_time() {
    for period in 10000 1 10000 1; do
        run 0 "$here/boot" 120 256 1 benchmark=is class=A threads=1 iterations=3 heartbeat_ms=$period || return 1
        sed -n "s/^@mplm result .* seconds=\([0-9.]*\) .*/$period \1/p" "$tmp/records" >>"$tmp/took"
    done
    sort -g -k 2 "$tmp/took" | awk '!($1 in took) { took[$1] = $2 } END {
        print "a repetition takes " took[1] " s, with few heartbeats " took[10000] " s"
        exit !(took[1] < 1.6 * took[10000])
    }' && [ "$(grep -c '^@mplm heartbeat ' "$tmp/records")" -gt 50 ]
}

# One record of an error, with this text in it, and the status of wrong input.
guest_refuses() {       # TEXT SETTING...
    text=$1
    shift
    run 0 "$here/boot" 120 128 2 "$@" &&
        [ "$(grep -c '^@mplm error ' "$tmp/records")" -eq 1 ] &&
        grep -q "^@mplm error message=\"[^\"]*$text[^\"]*\" t=" "$tmp/records" &&
        ! grep -q '^@mplm \(start\|ready\|result\) ' "$tmp/records" &&
        grep -q '^@mplm end status=2 ' "$tmp/records"
}

# As Ubuntu has it: the modules in a package of their own.
modules_may_be_in_another_package() {
    kernels=$("$here/build")/../../kernel
    mkdir -p "$tmp/split/image" "$tmp/split/modules" &&
        dpkg-deb -R "$kernels/$(head -n 1 "$kernels/chosen")" "$tmp/split/image" &&
        cp -r "$tmp/split/image/DEBIAN" "$tmp/split/modules/" &&
        lib=$(cd "$tmp/split/image" && find . -type d -path '*/lib/modules') && # Debian 13's are below usr
        mkdir -p "$tmp/split/modules/${lib%/modules}" && mv "$tmp/split/image/$lib" "$tmp/split/modules/$lib" &&
        dpkg-deb -Znone -b "$tmp/split/image" "$tmp/split/1.deb" &&
        dpkg-deb -Znone -b "$tmp/split/modules" "$tmp/split/2.deb" &&
        "$here/extract-kernel" "$tmp/split/vmlinux" "$tmp/split/found" "$tmp/split/1.deb" "$tmp/split/2.deb" &&
        ls "$tmp"/split/found/network/*-virtio_net.ko "$tmp"/split/found/kvm/*-msr.ko &&
        cmp "$tmp/split/vmlinux" "$("$here/build")/vmlinux"
}

check 'the image is reproducible' image_is_reproducible
check 'modules may be in another package than the kernel' modules_may_be_in_another_package
MPLM_ENGINE=${MPLM_ENGINE:-$("$here/../engine/qemu/build")} || exit 1
MPLM_GUEST=${MPLM_GUEST:-$("$here/build")} || exit 1
export MPLM_ENGINE MPLM_GUEST
limit=330               # the time that boot allows is shorter
for name in mg is sp bt writer; do
    check "$name: class S verifies in a guest of 8 vCPUs" verifies_in_a_guest $name
done
check 'a custom workload runs in a guest' workload_runs_in_a_guest
check 'a custom workload may leave a process behind' workload_leaves_a_process
check 'another program makes another image' another_program_is_another_image
check 'heartbeats leave the program most of its time' heartbeats_leave_the_program_its_time
check 'a guest fills its ballast, then starts the program' ballast_is_filled
check 'a guest refuses ballast that it has no memory for' guest_refuses 'ballast is 100 MiB, free: [0-9]* MiB' benchmark=mg class=S ballast_mib=100
check 'a guest refuses an unknown benchmark' guest_refuses 'unknown benchmark lu' benchmark=lu class=S
check 'a guest refuses an unknown class' guest_refuses "unknown class 'X' of MG, allowed: one of SWABC" benchmark=mg class=X
check 'a guest refuses 0 threads' guest_refuses 'threads is 0, allowed: 1 to 1024' benchmark=mg class=S threads=0
check 'a guest refuses a class that it has too little memory for' \
    guest_refuses 'MG class A needs 433 MiB, available: [0-9]* MiB' benchmark=mg class=A
check 'a guest refuses an unknown setting' guest_refuses 'mplm.clas is unknown' benchmark=mg clas=S
