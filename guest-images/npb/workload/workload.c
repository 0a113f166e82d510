/*
 * Runs a program that is not of this kit, and tells what it does in the kit's
 * records: a line of its output means that it is ready, one that an iteration
 * is done, one that its result is right. See npb-configs/examples/lu.yaml.
 *
 *   harness <---- records ---- workload <---- lines ---- program
 *          <---- lines as they are ----
 *
 * The program writes to a terminal of its own, since C and Fortran keep back
 * what they write to a pipe. It gets the threads as OMP_NUM_THREADS.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "program.h"
#include "record.h"

typedef struct WorkloadClass {
    char name;
    const char *command[65];            /* the program and its arguments */
    long iterations;
    long memory_mib;
    long vcpus;
} WorkloadClass;

static const WorkloadClass classes[] = {
#include "workload-classes.inc"
};
#define CLASSES (sizeof(classes) / sizeof(classes[0]))

enum { READY, ITERATION, SUCCESS, FAILURE, LINES };

/* What a line is recognized by: extended regular expressions; NULL: none. */
static const struct {
    const char *name;                   /* of the benchmark */
    const char *expression[LINES];
} workload = {
#include "workload.inc"
};

static const WorkloadClass *class;
static regex_t patterns[LINES];
static bool ready;

static _Noreturn void fail(const char *what)
{
    record_error("%s: %s: %s", workload.name, what, strerror(errno));
    exit(1);
}

/* Whether a line is of this kind. */
static bool is(int kind, const char *line)
{
    return workload.expression[kind] &&
           !regexec(&patterns[kind], line, 0, NULL, 0);
}

/* The number of an iteration, of its line: the first group, or the next one. */
static long number(const char *line, long before)
{
    regmatch_t match[2] = { { -1, -1 }, { -1, -1 } };

    regexec(&patterns[ITERATION], line, 2, match, 0);
    return match[1].rm_so < 0 ? before + 1 : atol(line + match[1].rm_so);
}

/* The program lies beside this one, in workload/NAME.CLASS. */
static _Noreturn void execute(int terminal, long threads)
{
    char self[200], path[300], count[20];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    int nothing = open("/dev/null", O_RDONLY);
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    self[length > 0 ? length : 0] = 0;
    snprintf(path, sizeof(path), "%.*s/workload/%s.%c",
             (int)(strrchr(self, '/') - self), self, workload.name,
             class->name);
    snprintf(count, sizeof(count), "%ld", threads);
    setenv("OMP_NUM_THREADS", count, 1);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    dup2(nothing, STDIN_FILENO);
    dup2(terminal, STDERR_FILENO);
    /* Standard output stays the records' until the program is there. */
    fcntl(terminal, F_SETFD, FD_CLOEXEC);
    if (access(path, X_OK)) {
        fail(path);
    }
    dup2(terminal, STDOUT_FILENO);
    execv(path, (char **)class->command);
    _exit(127);
}

/* Start the program. Returns the other end of its terminal. */
static FILE *start(pid_t *pid, long threads)
{
    int own = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), terminal;
    struct termios settings;
    FILE *output;

    if (own < 0 || unlockpt(own) ||
        (terminal = ioctl(own, TIOCGPTPEER, O_RDWR | O_NOCTTY)) < 0 ||
        tcgetattr(terminal, &settings)) {
        fail("terminal");
    }
    cfmakeraw(&settings);
    tcsetattr(terminal, TCSANOW, &settings);
    *pid = fork();
    if (*pid < 0) {
        fail("fork");
    }
    if (*pid == 0) {
        execute(terminal, threads);
    }
    close(terminal);
    output = fdopen(own, "r");
    if (!output) {
        fail("terminal");
    }
    return output;
}

/* What is wrong with the program's end, in a buffer of its own; or "". */
static const char *verdict(int status, bool success, bool failure)
{
    static char text[40];

    text[0] = 0;
    if (failure) {
        return "line of failure";
    }
    if (WIFSIGNALED(status)) {
        snprintf(text, sizeof(text), "killed by signal %d", WTERMSIG(status));
    } else if (WEXITSTATUS(status)) {
        snprintf(text, sizeof(text), "exit status %d", WEXITSTATUS(status));
    } else if (!success) {
        return "no line of success";
    }
    return text;
}

/* Run the program once. Returns whether its result is right. */
static bool repeat(long repetition, long threads)
{
    double began = seconds();
    pid_t pid;
    FILE *output = start(&pid, threads);
    char *line = NULL;
    const char *wrong;
    size_t size = 0;
    long n = 0;
    bool success = false, failure = false;
    int status;

    /* At its end, a terminal that is closed at the other side is an error. */
    while (getline(&line, &size, output) > 0) {
        line[strcspn(line, "\r\n")] = 0;
        dprintf(STDOUT_FILENO, "%s\n", line);
        if (!ready && is(READY, line)) {
            ready = true;
            record("ready resident_kib=%ld", resident_kib(pid));
        }
        if (is(ITERATION, line)) {
            n = number(line, n);
            record("iteration repetition=%ld n=%ld of=%ld", repetition, n,
                   class->iterations);
        }
        success |= is(SUCCESS, line);
        failure |= is(FAILURE, line);
    }
    free(line);
    fclose(output);
    if (waitpid(pid, &status, 0) != pid) {
        fail("wait");
    }
    wrong = verdict(status, success, failure);
    record("result repetition=%ld seconds=%.6f verification=%s error=\"%s\"",
           repetition, seconds() - began, *wrong ? "failed" : "successful",
           wrong);
    return !*wrong;
}

int main(int argc, char **argv)
{
    char letters[CLASSES + 1] = "";
    Options options;
    bool good = true;
    int status;

    for (size_t i = 0; i < CLASSES; i++) {
        letters[i] = classes[i].name;
    }
    status = parse_options(&options, workload.name, letters, argc, argv);
    if (status) {
        return status;
    }
    if (options.iterations) {
        return record_error("%s: iterations cannot be limited, for it is a "
                            "program of its own", workload.name);
    }
    class = &classes[strchr(letters, options.class) - letters];
    status = require_memory(workload.name, class->name, class->memory_mib);
    if (status) {
        return status;
    }
    for (int i = 0; i < LINES; i++) {
        if (workload.expression[i] &&
            regcomp(&patterns[i], workload.expression[i], REG_EXTENDED)) {
            return record_error("%s: no regular expression: %s",
                                workload.name, workload.expression[i]);
        }
    }
    record("start benchmark=%s class=%c threads=%ld", workload.name,
           class->name, options.threads);
    for (long n = 1; !options.repetitions || n <= options.repetitions; n++) {
        good &= repeat(n, options.threads);
        if (!ready) {
            return record_error("%s class %c ended and had not said that it "
                                "is ready", workload.name, class->name);
        }
        if (told_to_stop()) {
            break;
        }
    }
    return good ? 0 : 1;
}
