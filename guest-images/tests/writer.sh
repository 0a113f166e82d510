# SPDX-License-Identifier: GPL-2.0-or-later
# The synthetic writer on this machine. Sourced by ../test.

# Classes of the writer for the checks below, in $tmp/writer/writer.
compile_writer() {
    class='working_set_mib: 16, iterations: 3, memory_mib: 20, vcpus: 2, verification: {corrupted: 0}'
    mkdir "$tmp/writers"
    cat >"$tmp/writers/writer.yaml" <<EOF
classes:
  S: {pages_per_second: 4000, pattern: "sequential", zero_percent: 25, $class}
  R: {pages_per_second: 4000, pattern: "random", $class}
  H: {pages_per_second: 4000, pattern: "hot-cold", hot_pages_percent: 10, hot_writes_percent: 90, $class}
  Z: {pages_per_second: 0, pattern: "random", zero_percent: 100, $class}
  P: {pages_per_second: 1, pattern: "round", $class}
  N: {pages_per_second: 1, pattern: "random", zero_percent: 101, $class}
EOF
    "$here/compile" "$tmp/writer" "$tmp/writers"
    cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -O2 -o "$tmp/probe" "$here/tests/probe.c"
}

# Pages of 4096 that it changes in a second or little more, and how many are zero.
# Bookkeeping of the allocator may be zero too.
writes() {              # CLASS CHANGED-LOW CHANGED-HIGH ZERO-LOW ZERO-HIGH
    run 0 "$tmp/probe" 0 "$tmp/writer/writer" --class "$1" --threads 2 &&
        between corrupted_pages 0 0 && between pages_per_second 2000 4500 &&
        between changed "$2" "$3" && between zero "$4" "$5" &&
        grep -q '^@mplm result .* verification=successful ' "$tmp/records"
}

writer_goes_unlimited() {
    run 0 "$tmp/probe" 0 "$tmp/writer/writer" --class Z --threads 2 &&
        between pages_per_second 8000 1e9 && between zero 4096 4100
}

# In the repetition in which they are found, and in no other.
corrupted_pages_are_counted() {     # CLASS PAGES
    run 1 "$tmp/probe" "$2" "$tmp/writer/writer" --class "$1" --threads 2 --repetitions 2 &&
        grep -q "^@mplm result repetition=1 .* corrupted_pages=$2 .* verification=failed error=$2.000e+00 " "$tmp/records" &&
        grep -q '^@mplm result repetition=2 .* corrupted_pages=0 .* verification=successful ' "$tmp/records"
}

writer_refuses() {      # TEXT CLASS
    run 2 "$tmp/writer/writer" --class "$2" && [ "$(wc -l <"$tmp/records")" -eq 1 ] &&
        grep -q "^@mplm error message=\"WRITER class $2: $1\" " "$tmp/records"
}

check 'the writer and its probe compile' compile_writer
check 'the writer goes round at its rate, a quarter zero' writes S 3600 4096 860 1190
check 'the writer writes at random at its rate' writes R 1900 3800 0 2
check 'the writer writes hot pages at its rate' writes H 500 1850 0 2
check 'the writer writes zeros as fast as it can' writer_goes_unlimited
for class in S R H; do
    check "the writer counts corrupted pages, class $class" corrupted_pages_are_counted $class 3
done
check 'the writer refuses an unknown pattern' writer_refuses "pattern is 'round', allowed: sequential, random, hot-cold" P
check 'the writer refuses a share above 100 %' writer_refuses 'zero_percent is 101, allowed: 0 to 100' N
