# SPDX-License-Identifier: GPL-2.0-or-later
# The published benchmarks on this machine. Sourced by ../test.

program() {             # NAME OPTION...
    name=$1
    shift
    run 0 "$tmp/programs/$name" "$@"
}

# Exit status 2 and a single record, an error that has this text in it.
refuses() {             # TEXT OPTION...
    text=$1
    shift
    run 2 "$tmp/programs/mg" "$@" && [ "$(wc -l <"$tmp/records")" -eq 1 ] &&
        grep -q "^@mplm error message=\"[^\"]*$text[^\"]*\" t=[0-9.]* sum=[0-9a-f]\{8\}\$" "$tmp/records"
}

# gzip ends with the CRC-32 of what it has compressed, and its length.
each_record_has_its_sum() {
    program mg --class S --threads 1 --repetitions 1 && [ -s "$tmp/records" ] &&
        while read -r record; do
            sum=$(printf %s "${record% sum=*}" | gzip | tail -c 8 | od -An -tx4 -N4 --endian=little | tr -d ' ')
            [ "${record##* sum=}" = "$sum" ] || return 1
        done <"$tmp/records"
}

# Each value is within 1e-8 of the published one, by its own error.
verifies() {            # NAME THREADS ITERATIONS VALUES
    program "$1" --class S --threads "$2" &&
        [ "$(grep -c '^@mplm iteration ' "$tmp/records")" -eq "$3" ] &&
        [ "$(grep -c '^@mplm ready ' "$tmp/records")" -eq 1 ] &&
        [ "$(grep -c '^@mplm result .* verification=successful ' "$tmp/records")" -eq 1 ] &&
        sed -n 's/.* errors=\([^ ]*\) .*/\1/p' "$tmp/records" | tr , '\n' |
        awk -F: -v values="$4" '{ if ($2 + 0 > 1e-8) exit 1 } END { exit NR != values }'
}

# The reported errors have four digits of what differs in the 13th of a value.
same_answer_with_any_threads() {    # NAME ITERATIONS VALUES
    rm -f "$tmp/answers"
    for threads in 1 2 3; do
        verifies "$1" $threads "$2" "$3" || return 1
        sed -n 's/.* \(errors=[^ ]*\) .*/\1/p' "$tmp/records" >>"$tmp/answers"
    done
    [ "$(sort -u "$tmp/answers" | wc -l)" -eq 1 ]
}

each_repetition_verifies() {        # NAME
    program "$1" --class S --threads 2 --repetitions 3 &&
        [ "$(grep -c '^@mplm ready ' "$tmp/records")" -eq 1 ] &&
        [ "$(grep -c ' verification=successful ' "$tmp/records")" -eq 3 ]
}

a_limit_is_not_verified() {         # NAME
    program "$1" --class S --threads 2 --iterations 3 &&
        [ "$(grep -c '^@mplm iteration ' "$tmp/records")" -eq 3 ] &&
        grep -q '^@mplm result .* verification=not-applicable t=' "$tmp/records"
}

a_stop_finishes_the_repetition() {
    # timeout passes SIGTERM on; alone it ends a program that misses the signal.
    timeout -s KILL 60 "$tmp/programs/mg" --class W --threads 2 --repetitions 0 >"$tmp/records" &
    pid=$!
    tries=0
    until grep -q 'repetition=2 n=1 ' "$tmp/records" || [ $tries -ge 600 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
    kill -TERM $pid
    wait $pid
    status=$?
    tail -n 1 "$tmp/records"
    [ $status -eq 0 ] && ! grep -q 'verification=failed' "$tmp/records" &&
        tail -n 1 "$tmp/records" | grep -q '^@mplm result .* verification=successful '
}

# Compiled with another published number, a program must not verify.
fails_against() {       # NAME PUBLISHED OTHER
    rm -rf "$tmp/configs"
    mkdir "$tmp/configs"
    sed "s/$2/$3/" "$here/../npb-configs/$1.yaml" >"$tmp/configs/$1.yaml"
    ! cmp -s "$here/../npb-configs/$1.yaml" "$tmp/configs/$1.yaml" &&
        "$here/compile" "$tmp/wrong" "$tmp/configs" &&
        run 1 "$tmp/wrong/$1" --class S --threads 2 &&
        grep -q '^@mplm result .* verification=failed ' "$tmp/records"
}

# Class A is resident and rewrites as much as NPB's own programs, within 10 %.
writes_as_npb_does() {  # NAME RESIDENT-MIB REWRITTEN-MIB
    [ -d "$tmp/rewriting" ] ||
        WITH="$here/tests/rewritten.c -Wl,--wrap=record" "$here/compile" "$tmp/rewriting" || return 1
    program "$1" --class A --threads 2 --iterations 1 &&
        between resident_kib $(($2 * 1024 * 9 / 10)) $(($2 * 1024 * 11 / 10)) &&
        run 0 "$tmp/rewriting/$1" --class A --threads 1 --iterations 3 &&
        between mib $(($3 * 9 / 10)) $(($3 * 11 / 10))
}

# Nothing out of bounds, undefined or left allocated where it should not be.
sanitizers_find_nothing() {
    SANITIZE=address,undefined "$here/compile" "$tmp/sanitized" || return 1
    for name in mg is sp bt writer; do
        run 0 "$tmp/sanitized/$name" --class S --threads 2 || return 1
    done
}

# It wants its mappings where they are without randomization, which may be refused.
fixed=
if setarch -R true 2>/dev/null; then
    fixed='setarch -R'
fi

thread_sanitizer_finds_nothing() {
    SANITIZE=thread WITH=$here/tests/openmp.c "$here/compile" "$tmp/threads" || return 1
    for name in mg is sp bt writer; do
        run 0 $fixed "$tmp/threads/$name" --class S --threads 3 || return 1
    done
}

# ... but does where threads no longer wait for each other.
thread_sanitizer_finds_a_race() {
    mkdir "$tmp/racing"
    cp -r "$here" "$tmp/racing/"
    racing=$tmp/racing/guest-images
    sed -i '/#pragma omp barrier/d' "$racing/npb/is/is.c"
    ! cmp -s "$racing/npb/is/is.c" "$here/npb/is/is.c" &&
        SANITIZE=thread WITH=$here/tests/openmp.c "$racing/compile" "$tmp/races" "$here/../npb-configs" || return 1
    # the first is enough: each one that is told takes a symbolizer's time
    run 66 env TSAN_OPTIONS=halt_on_error=1 $fixed "$tmp/races/is" --class S --threads 3 2>"$tmp/message"
    found=$?
    head -n 30 "$tmp/message"
    [ $found -eq 0 ] && grep -q 'ThreadSanitizer: data race' "$tmp/message"
}

class_table_refuses_other_text() {
    printf 'classes:\n  S: {grid: 32}\n  W: 64\n' >"$tmp/bad.yaml"
    "$here/npb/describe" tables "$tmp/bad.yaml" "$tmp" 2>"$tmp/message" && return 1
    grep -qx "$tmp/bad.yaml:3: class W: allowed: a mapping, {key: value, ...}" "$tmp/message"
}

# A class over several lines, and text in other quotes or none, are the same to YAML.
class_table_is_yaml() {
    mkdir -p "$tmp/lines" "$tmp/line" &&
        sed "/^  [A-Z]: /s/, /,\n      /g; s/\"random\"/'random'/; s/\"sequential\"/sequential/" \
            "$here/../npb-configs/writer.yaml" >"$tmp/lines/writer.yaml" &&
        [ "$(wc -l <"$tmp/lines/writer.yaml")" -gt "$(wc -l <"$here/../npb-configs/writer.yaml")" ] &&
        "$here/npb/describe" tables "$tmp/lines/writer.yaml" "$tmp/lines" &&
        "$here/npb/describe" tables "$here/../npb-configs/writer.yaml" "$tmp/line" &&
        cmp "$tmp/lines/writer-classes.inc" "$tmp/line/writer-classes.inc"
}

check 'MG.S: all values, same with 1, 2, 3 threads' same_answer_with_any_threads mg 4 1
check 'IS.S: all values, same with 1, 2, 3 threads' same_answer_with_any_threads is 10 1
check 'SP.S: all values, same with 1, 2, 3 threads' same_answer_with_any_threads sp 100 10
check 'BT.S: all values, same with 1, 2, 3 threads' same_answer_with_any_threads bt 60 10
for name in mg is sp bt; do
    check "$name: each of three repetitions verifies" each_repetition_verifies $name
    check "$name: an iteration limit is not verified" a_limit_is_not_verified $name
done
check 'MG.A: resident memory, and rewritten per iteration' writes_as_npb_does mg 433 301
check 'IS.A: resident memory, and rewritten per iteration' writes_as_npb_does is 67 34
check 'SP.A: resident memory, and rewritten per iteration' writes_as_npb_does sp 47 35
check 'BT.A: resident memory, and rewritten per iteration' writes_as_npb_does bt 45 33
check 'SIGTERM finishes and verifies the repetition' a_stop_finishes_the_repetition
check 'a norm that is 2e-8 off fails' fails_against mg 0.5307707005734e-04 0.53077071119e-04
check 'a norm that is not a number fails' fails_against mg 0.5307707005734e-04 NAN
check 'one of five ranks that is 1 off fails' fails_against is 64917 64918
check 'one of ten norms that is 2e-8 off fails' fails_against sp 3.4177666183390531e-05 3.4177666866e-05
check 'address and undefined-behaviour sanitizers find nothing' sanitizers_find_nothing
check 'the thread sanitizer finds nothing' thread_sanitizer_finds_nothing
check 'the thread sanitizer finds a race' thread_sanitizer_finds_a_race
check 'each record has its CRC-32' each_record_has_its_sum
check 'unknown class is refused' refuses "unknown class 'X' of MG" --class X
check 'missing class is refused' refuses "unknown class '' of MG" --threads 2
check 'two classes are refused' refuses "unknown class 'SW'" --class SW
check '0 threads are refused' refuses 'threads is 0, allowed: 1 to 1024' --class S --threads 0
check 'threads that are no number are refused' refuses 'threads is 2x' --class S --threads 2x
check 'negative repetitions are refused' refuses 'repetitions is -1' --class S --repetitions -1
check '0 iterations are refused' refuses 'iterations is 0' --class S --iterations 0
check 'unknown option is refused' refuses 'option --clas5' --clas5 S
check 'stray argument is refused' refuses 'unknown argument S' --class S S
check 'a class over several lines is the same class' class_table_is_yaml
check 'a class that is no mapping is refused' class_table_refuses_other_text
