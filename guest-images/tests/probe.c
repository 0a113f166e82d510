/*
 * probe N PROGRAM ARGUMENT...: run the program and look into its memory from
 * outside, at its largest mapping. When it says that it is ready, one byte is
 * changed in each of N pages; after its next iteration the pages that the
 * program has changed are counted. Passes on what it says and its exit status,
 * and adds
 *
 *   @probe pages=PAGES zero=PAGES
 *   @probe changed=PAGES
 *
 * No part of the guest: for tests, a memory that loses writes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096L

static pid_t pid;
static int memory;                      /* of the program */
static long start, length;              /* of the mapping */
static char *seen;                      /* of it, when it was ready */

static _Noreturn void fail(const char *what)
{
    perror(what);
    if (pid > 0) {
        kill(pid, SIGKILL);
    }
    exit(3);
}

static void open_largest_mapping(void)
{
    char path[40], line[300], mode[5];
    long from, to;
    FILE *maps;

    snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
    maps = fopen(path, "r");
    if (!maps) {
        fail(path);
    }
    while (fgets(line, sizeof(line), maps)) {
        if (sscanf(line, "%lx-%lx %4s", &from, &to, mode) == 3 &&
            !strcmp(mode, "rw-p") && to - from > length) {
            start = from;
            length = to - from;
        }
    }
    fclose(maps);
    snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
    memory = open(path, O_RDWR);
    if (memory < 0) {
        fail(path);
    }
}

/* A copy of the mapping. */
static char *look(void)
{
    char *copy = malloc(length);

    for (long at = 0; at < length; at += PAGE) {
        if (!copy || pread(memory, copy + at, PAGE, start + at) != PAGE) {
            fail("read");
        }
    }
    return copy;
}

static void stop(void)
{
    int status;

    if (kill(pid, SIGSTOP) || waitpid(pid, &status, WUNTRACED) != pid ||
        !WIFSTOPPED(status)) {
        fail("stop");
    }
}

static void corrupt(long count)
{
    static const char zeros[PAGE];
    long zero = 0;

    open_largest_mapping();
    seen = look();
    for (long at = 0; at < length; at += PAGE) {
        zero += !memcmp(seen + at, zeros, PAGE);
    }
    printf("@probe pages=%ld zero=%ld\n", length / PAGE, zero);
    for (long n = 1; n <= count; n++) {
        long at = length / PAGE * n / (count + 1) * PAGE + 1234;

        seen[at] ^= 0x10;
        if (pwrite(memory, seen + at, 1, start + at) != 1) {
            fail("write");
        }
    }
}

static void compare(void)
{
    char *now = look();
    long changed = 0;

    for (long at = 0; at < length; at += PAGE) {
        changed += !!memcmp(seen + at, now + at, PAGE);
    }
    printf("@probe changed=%ld\n", changed);
    free(now);
    free(seen);
    seen = NULL;
}

int main(int argc, char **argv)
{
    char line[500];
    int pipes[2], status;
    FILE *records;

    if (argc < 3 || pipe(pipes) || (pid = fork()) < 0) {
        fail("usage: probe N PROGRAM ARGUMENT...");
    }
    if (pid == 0) {
        dup2(pipes[1], STDOUT_FILENO);
        close(pipes[0]);
        close(pipes[1]);
        execv(argv[2], argv + 2);
        fail(argv[2]);
    }
    close(pipes[1]);
    records = fdopen(pipes[0], "r");
    while (fgets(line, sizeof(line), records)) {
        fputs(line, stdout);
        if (!strncmp(line, "@mplm ready ", 12)) {
            stop();
            corrupt(atol(argv[1]));
            kill(pid, SIGCONT);
        } else if (seen && !strncmp(line, "@mplm iteration ", 16)) {
            stop();
            compare();
            kill(pid, SIGCONT);
        }
    }
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) {
        return 3;
    }
    return WEXITSTATUS(status);
}
