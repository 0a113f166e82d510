# SPDX-License-Identifier: GPL-2.0-or-later
# A custom workload on this machine. Sourced by ../test.

# The example of a custom workload, with a tiny program in place of NPB's: class S
# is right; of the others, each makes one mistake (tests/program.c).
compile_workload() {
    mkdir "$tmp/workloads" &&
        cc -static -std=c11 -Wall -Wextra -Werror -O2 -o "$tmp/tiny" "$here/tests/program.c" || return 1
    {
        sed '/^  A: /d; s|"/opt/[^"]*"|"../tiny", "40"|' "$here/../npb-configs/examples/lu.yaml"
        echo '  W: {command: ["../tiny", "40", "wrong"], iterations: 40, memory_mib: 5}'
        echo '  N: {command: ["../tiny", "40", "silent"], iterations: 40, memory_mib: 5}'
        echo '  C: {command: ["../tiny", "40", "crash"], iterations: 40, memory_mib: 5}'
        echo '  O: {command: ["../tiny", "40", "orphan"], iterations: 40, memory_mib: 5}'
        echo '  E: {command: ["../tiny", "40", "early"], iterations: 40, memory_mib: 5}'
        echo '  M: {command: ["../tiny", "40"], iterations: 40, memory_mib: 100000000}'
    } >"$tmp/workloads/lu.yaml"
    "$here/compile" "$tmp/workload" "$tmp/workloads"
}

workload_repeats() {
    run 0 "$tmp/workload/lu" --class S --threads 3 --repetitions 2 &&
        grep -q 'Number of available threads:  *3$' "$tmp/records" &&
        [ "$(grep -c '^@mplm ready ' "$tmp/records")" -eq 1 ] &&
        between resident_kib 4096 8192 &&
        grep -q '^@mplm iteration repetition=2 n=20 of=50 ' "$tmp/records" &&
        [ "$(grep -c '^@mplm result .* verification=successful error="" ' "$tmp/records")" -eq 2 ]
}

workload_fails() {      # CLASS ERROR
    run 1 "$tmp/workload/lu" --class "$1" &&
        grep -q "^@mplm result repetition=1 .* verification=failed error=\"$2\" " "$tmp/records"
}

workload_is_sanitary() {
    SANITIZE=address,undefined "$here/compile" "$tmp/workload-sanitized" "$tmp/workloads" &&
        run 0 "$tmp/workload-sanitized/lu" --class S --threads 2 --repetitions 2
}

workload_refuses() {    # TEXT OPTION...
    text=$1
    shift
    run 2 "$tmp/workload/lu" "$@" && grep -q "^@mplm error message=\"$text\" " "$tmp/records"
}

# With this change to its text the description is refused: at once, with this message.
description_refused() { # MESSAGE SED-SCRIPT
    mkdir -p "$tmp/described"
    sed "$2" "$tmp/workloads/lu.yaml" >"$tmp/described/lu.yaml"
    "$here/compile" "$tmp/refused" "$tmp/described" >"$tmp/message" 2>&1
    status=$?
    cat "$tmp/message"
    [ $status -eq 2 ] && [ "$(wc -l <"$tmp/message")" -eq 1 ] && grep -q "^$tmp/described/lu.yaml:$1\$" "$tmp/message"
}

check 'a custom workload compiles' compile_workload
check 'a custom workload runs again and again, and is understood' workload_repeats
check 'address and undefined-behaviour sanitizers find nothing in what runs it' workload_is_sanitary
check 'a custom workload that says so has failed' workload_fails W 'line of failure'
check 'a custom workload that says nothing has failed' workload_fails N 'no line of success'
check 'a custom workload that crashes has failed' workload_fails C 'killed by signal 6'
check 'a custom workload that is never ready is told' \
    workload_refuses 'lu class E ended and had not said that it is ready' --class E
check 'a custom workload with too little memory is refused' \
    workload_refuses 'lu class M needs 100000000 MiB, available: [0-9]* MiB' --class M
check 'a custom workload of unknown class is refused' \
    workload_refuses "unknown class 'Q' of lu, allowed: one of SWNCOEM" --class Q
check 'an unknown key of a workload is refused' \
    description_refused '[0-9]*: workload: unknown key "redy", allowed: ready, iteration, success, failure' 's/  ready:/  redy:/'
check 'a workload that is never right is refused' description_refused '[0-9]*: workload: success: missing' '/^  success:/d'
check 'a wrong regular expression is refused' \
    description_refused '[0-9]*: workload: ready: "(" is no extended regular expression (regex(7))' 's/  ready:.*/  ready: "("/'
check 'an unknown key of a class is refused' \
    description_refused '[0-9]*: class S: unknown key "memory", allowed: command, iterations, memory_mib, vcpus' \
    '/^  S: /s/memory_mib/memory/'
check 'a class without a program is refused' \
    description_refused '[0-9]*: class S: command: missing' '/^  S: /s/command: [^]]*], //'
check 'text that is no YAML is refused' description_refused '[0-9]*: expected .*' '/^  S: /s/}$//'
check 'a program that is not there is refused' \
    description_refused '[0-9]*: class S: command: ../no: no such file' '/^  S: /s|../tiny|../no|'
check 'a dynamic program is refused' \
    description_refused '[0-9]*: class S: command: /bin/sh: is linked dynamically, allowed: a static program (-static)' \
    '/^  S: /s|../tiny|/bin/sh|'
check 'what is no program is refused' \
    description_refused '[0-9]*: class S: command: lu.yaml: is no program for x86-64 (ELF)' '/^  S: /s|../tiny|lu.yaml|'
check 'another name than the file has is refused' \
    description_refused '[0-9]*: benchmark: "ul", allowed: the name of the file, lu' 's/^benchmark: lu/benchmark: ul/'
