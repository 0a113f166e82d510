# SPDX-License-Identifier: GPL-2.0-or-later
#
# To be sourced: how a case of QEMU's migration-test is run with one accelerator or the other, as a process of
# its own with a time limit. QTEST_QEMU_BINARY names the QEMU, live_state_qemu the one with a device that one case needs and
# that is not shipped; TMPDIR is where the case puts its files; state is a folder in which is noted what a case keeps
# outside its process.

# migration-test takes KVM where it finds it. In a mount namespace of its own it finds a /dev/kvm that is none.
without_kvm=(unshare --mount)
[ "$(id -u)" = 0 ] || without_kvm+=(--map-root-user)
without_kvm+=(sh -c '[ ! -e /dev/kvm ] || mount --bind /dev/null /dev/kvm; exec "$@"' sh)

# KVM is there if QEMU can set it up; whether guests run on it is what the cases find out
kvm_works() {
    echo quit | timeout 30 "$QTEST_QEMU_BINARY" -accel kvm -machine none -nodefaults -display none \
        -monitor stdio > /dev/null 2>&1
}

# Sets accelerators to those that cases can be run with, and says why another one is not among them
find_accelerators() {
    accelerators=()
    if kvm_works; then
        accelerators+=(kvm)
    else
        say "KVM is not available here: its cases are not run"
    fi
    if "${without_kvm[@]}" true 2> /dev/null; then
        accelerators+=(tcg)
    elif [ ${#accelerators[@]} = 0 ]; then
        without_kvm=() accelerators=(tcg)
    else
        say "namespaces are not permitted here: the TCG cases are not run"
    fi
}

# Prints the names of all cases that there are with an accelerator, one a line; a newer GLib, as in Debian 13, has them behind a "# "
list_cases() { # ACCELERATOR MIGRATION-TEST...
    local wrap=()
    [ "$1" = kvm ] || wrap=("${without_kvm[@]}")
    shift
    "${wrap[@]}" "$@" -l 2> /dev/null < /dev/null | sed -n 's/^\(# \)\{0,1\}\//\//p'
}

huge_pages_folder=/sys/kernel/mm/hugepages

# For both sides of a case that needs some, if it may
reserve_huge_pages() { # CASE
    local size pages count
    case $1 in
    */mplm/hugetlb) size=hugepages-2048kB pages=150 ;;
    */mplm/bound/2m) size=hugepages-2048kB pages=32 ;;
    */mplm/bound/1g) size=hugepages-1048576kB pages=2 ;;
    *) return 0 ;;
    esac
    count=$huge_pages_folder/$size/nr_hugepages
    [ -w "$count" ] || return 0
    cp "$count" "$state/kept"
    mv "$state/kept" "$state/$size"
    # the kernel gives as many as it has, and the case says if they are too few
    echo $(($(cat "$count") + pages)) > "$count" || true
}

return_huge_pages() {
    local kept
    for kept in "$state"/hugepages-*kB; do
        [ -e "$kept" ] || continue
        cat "$kept" > "$huge_pages_folder/$(basename "$kept")/nr_hugepages"
        rm "$kept"
    done
}

# Runs a case with its output in FILE and sets result to "passed", "skipped: why" or "FAILED, why"
run_case() { # ACCELERATOR CASE SECONDS FILE MIGRATION-TEST...
    local wrap=() case=$2 limit=$3 output=$4 status=0
    [ "$1" = kvm ] || wrap=("${without_kvm[@]}")
    [[ $case != */live-state ]] || wrap+=(env QTEST_QEMU_BINARY_SRC="$live_state_qemu")
    shift 4
    reserve_huge_pages "$case"
    # A case does not outlive this shell, nor its QEMUs the case
    setpriv --pdeathsig TERM timeout -k 10 "$limit" "${wrap[@]}" "$@" --tap -p "$case" \
        < /dev/null > "$output" 2>&1 &
    wait $! || status=$?
    return_huge_pages
    if [ $status = 124 ] || [ $status = 137 ]; then
        result="FAILED, not done in $limit s"
    elif [ $status != 0 ] || ! grep -q "^ok 1 $case" "$output"; then
        result="FAILED, exit code $status"
    elif grep -q "^ok 1 $case # SKIP" "$output"; then
        result="skipped:$(sed -n "s|^ok 1 $case # SKIP||p" "$output")"
    else
        result=passed
    fi
}
