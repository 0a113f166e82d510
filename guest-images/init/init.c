/*
 * The guest's first and only service. Runs one benchmark as the kernel command
 * line says, tells on the serial port what happens, then powers off.
 *
 *   mplm.benchmark=NAME      a program in /npb, or none (default): idle
 *   mplm.class=C mplm.threads=N mplm.repetitions=N mplm.iterations=N
 *                            passed on to the program, which checks them
 *   mplm.heartbeat_ms=N      1 .. 10000, default 20; fewer heartbeats come
 *                            where they would take more than a fifth of the time
 *   mplm.address=A.B.C.D/N   of eth0; without it there is no network
 *   mplm.ballast_mib=N       idle memory, filled before the program starts
 *
 *   init ---- heartbeat      a record every heartbeat_ms, at real-time priority
 *        |--- echo           answers on UDP port 7, at real-time priority too
 *        `--- /npb/NAME      its standard output is the serial port too
 *
 * The line "stop" on the serial port ends the program after its current
 * repetition. The last record, `end`, has the exit status: 0 good, 1 failed,
 * 2 wrong input. A panic ends the guest as well (panic=-1, QEMU's -no-reboot).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "ballast.h"
#include "kvm.h"
#include "network.h"
#include "record.h"

#define SERIAL_PORT "/dev/ttyS0"

/* The time between heartbeats, at least: so many times what one takes. */
#define HEARTBEAT_REST 4

typedef struct Settings {
    char command_line[4096];            /* the values below point into it */
    const char *benchmark;
    const char *class, *threads, *repetitions, *iterations;  /* or NULL */
    long heartbeat_ms, ballast_mib;
    bool has_network;
    NetworkAddress address;
} Settings;

/* Say what failed as a record, and stop the machine. */
static _Noreturn void fail(const char *what)
{
    record("error message=\"init: %s: %s\"", what, strerror(errno));
    record("end status=1");
    tcdrain(STDOUT_FILENO);
    reboot(RB_POWER_OFF);
    abort();            /* of process 1: a panic, which ends the guest too */
}

static void mount_kernel_file_systems(void)
{
    if (mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) ||
        mount("proc", "/proc", "proc", 0, NULL) ||
        mount("sysfs", "/sys", "sysfs", 0, NULL) ||
        mkdir("/dev/pts", 0755) ||
        mount("devpts", "/dev/pts", "devpts", 0, NULL)) {
        fail("mount");
    }
}

/* Standard input and output become the serial port: raw, no echo. */
static void open_serial_port(void)
{
    int port = open(SERIAL_PORT, O_RDWR | O_NOCTTY);
    struct termios settings;

    if (port < 0 || tcgetattr(port, &settings)) {
        fail(SERIAL_PORT);
    }
    cfmakeraw(&settings);
    settings.c_cflag |= CLOCAL;
    if (tcsetattr(port, TCSANOW, &settings)) {
        fail(SERIAL_PORT);
    }
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        dup2(port, fd);
    }
    close(port);
}

/* Read the mplm.* words. Returns 0, or 2 after an error record. */
static int read_settings(Settings *settings)
{
    const char *heartbeat_ms = "20", *ballast_mib = "0", *address = NULL;
    const struct { const char *name; const char **value; } known[] = {
        { "benchmark", &settings->benchmark },
        { "class", &settings->class },
        { "threads", &settings->threads },
        { "repetitions", &settings->repetitions },
        { "iterations", &settings->iterations },
        { "heartbeat_ms", &heartbeat_ms },
        { "ballast_mib", &ballast_mib },
        { "address", &address },
    };
    const size_t count = sizeof(known) / sizeof(known[0]);
    FILE *file = fopen("/proc/cmdline", "r");

    if (!file || !fgets(settings->command_line,
                        sizeof(settings->command_line), file)) {
        fail("/proc/cmdline");
    }
    fclose(file);
    settings->benchmark = "none";
    for (char *word = strtok(settings->command_line, " \n"); word;
         word = strtok(NULL, " \n")) {
        char *value = strchr(word, '=');
        size_t i;

        if (strncmp(word, "mplm.", 5)) {
            continue;
        }
        if (value) {
            *value++ = 0;
        }
        for (i = 0; i < count && strcmp(word + 5, known[i].name); i++) {
        }
        if (i == count || !value || !*value) {
            return record_error("kernel command line: %s %s", word,
                                i == count ? "is unknown" : "has no value");
        }
        *known[i].value = value;
    }
    if (parse_number(heartbeat_ms, 1, 10000, &settings->heartbeat_ms)) {
        return record_error("heartbeat_ms is %s, allowed: 1 to 10000",
                            heartbeat_ms);
    }
    if (parse_number(ballast_mib, 0, 1L << 24, &settings->ballast_mib)) {
        return record_error("ballast_mib is %s, allowed: 0 to 16777216",
                            ballast_mib);
    }
    settings->has_network = address;
    return address ? network_parse(address, &settings->address) : 0;
}

static void record_boot(void)
{
    FILE *file = fopen("/proc/meminfo", "r");
    struct utsname kernel;
    long memory_kib = 0;

    if (!file || fscanf(file, "MemTotal: %ld", &memory_kib) != 1) {
        fail("/proc/meminfo");
    }
    fclose(file);
    uname(&kernel);
    record("boot cpus=%ld memory_kib=%ld kernel=%s",
           sysconf(_SC_NPROCESSORS_ONLN), memory_kib, kernel.release);
}

/* The heartbeat and the echo */
static pid_t own[2];
static int owned;

static bool is_own(pid_t pid)
{
    return pid == own[0] || pid == own[1];
}

/*
 * A process of its own, at real-time priority so that a busy guest is still on
 * time. Returns true in that process.
 */
static bool fork_real_time(void)
{
    const struct sched_param priority = { .sched_priority = 1 };
    pid_t pid = fork();

    if (pid < 0) {
        fail("fork");
    }
    if (pid == 0) {
        sched_setscheduler(0, SCHED_FIFO, &priority);
    } else {
        own[owned++] = pid;
    }
    return pid == 0;
}

/*
 * A record every period. Beats that fell into a pause are left out. Each byte
 * of a record is an exit of the guest. Where exits take long, a heartbeat of
 * real-time priority would take the program's time, so it comes less often. What
 * one takes is the shorter of the last two: the guest is stopped within some.
 */
static void start_heartbeat(long period_ms)
{
    struct timespec next;
    double due, took = 0;

    if (!fork_real_time()) {
        return;
    }
    due = seconds();
    for (unsigned long n = 1;; n++) {
        double began = seconds(), before = took, end;

        record("heartbeat n=%lu", n);
        tcdrain(STDOUT_FILENO);
        end = seconds();
        took = end - began;
        do {
            due += period_ms * 1e-3;
        } while (due < end + HEARTBEAT_REST * (took < before ? took : before));
        next.tv_sec = due;
        next.tv_nsec = (due - next.tv_sec) * 1e9;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
}

static void start_network(const NetworkAddress *address)
{
    const char *failed = network_start(address);

    if (failed) {
        fail(failed);
    }
    if (fork_real_time()) {
        failed = network_echo();
        _exit(record_error("%s: %s", failed, strerror(errno)));
    }
}

static bool is_benchmark(const char *name)
{
    char path[256];

    snprintf(path, sizeof(path), "/npb/%s", name);
    return !strchr(name, '/') && access(path, X_OK) == 0;
}

/* Start /npb/NAME. SIGTERM stays blocked: the program looks for it itself. */
static pid_t start_benchmark(const Settings *settings)
{
    static char *environment[] = { "OMP_WAIT_POLICY=passive", NULL };
    const struct { char *option; const char *value; } options[] = {
        { "--class", settings->class },
        { "--threads", settings->threads },
        { "--repetitions", settings->repetitions },
        { "--iterations", settings->iterations },
    };
    char path[256], *arguments[10] = { path };
    int count = 1;
    pid_t pid = fork();

    if (pid < 0) {
        fail("fork");
    }
    if (pid > 0) {
        return pid;
    }
    snprintf(path, sizeof(path), "/npb/%s", settings->benchmark);
    for (int i = 0; i < 4; i++) {
        if (options[i].value) {
            arguments[count++] = options[i].option;
            arguments[count++] = (char *)options[i].value;
        }
    }
    execve(path, arguments, environment);
    _exit(record_error("%s: %s", path, strerror(errno)));
}

/* True once the line "stop" has come in on the serial port. */
static bool read_stop(void)
{
    static char line[16];
    static size_t length;
    bool stop = false;
    char byte;

    if (read(STDIN_FILENO, &byte, 1) != 1) {
        return false;
    }
    if (byte == '\n' || byte == '\r') {
        line[length < sizeof(line) ? length : 0] = 0;
        stop = !strcmp(line, "stop");
        length = 0;
    } else if (length < sizeof(line)) {
        line[length++] = byte;
    }
    return stop;
}

/*
 * Wait for the end of the benchmark (or with pid 0 for "stop"), passing "stop"
 * on to it. Returns the exit status.
 */
static int await_end(pid_t pid, int child_signals)
{
    struct pollfd events[] = {
        { .fd = STDIN_FILENO, .events = POLLIN },
        { .fd = child_signals, .events = POLLIN },
    };

    for (;;) {
        if (poll(events, 2, -1) < 0 && errno != EINTR) {
            fail("poll");
        }
        if (events[0].revents && read_stop()) {
            if (!pid) {
                return 0;
            }
            kill(pid, SIGTERM);
        }
        if (events[1].revents) {
            struct signalfd_siginfo info;
            int status;
            pid_t ended;

            if (read(child_signals, &info, sizeof(info)) < 0) {
                fail("signalfd");
            }
            while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
                if (is_own(ended)) {
                    record_error("init: the heartbeat or the echo ended");
                    return 1;
                }
                if (ended != pid) {
                    continue;           /* a custom workload left it behind */
                }
                if (WIFEXITED(status)) {
                    return WEXITSTATUS(status);
                }
                record_error("the benchmark was killed: %s%s",
                             strsignal(WTERMSIG(status)),
                             WTERMSIG(status) == SIGKILL ? " (out of memory?)"
                                                         : "");
                return 1;
            }
        }
    }
}

int main(void)
{
    Settings settings = { 0 };
    sigset_t blocked;
    int child_signals, status;
    pid_t pid = 0;

    if (getpid() != 1) {
        fputs("init runs as process 1 of the guest only\n", stderr);
        return 2;
    }
    mount_kernel_file_systems();
    open_serial_port();
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    sigdelset(&blocked, SIGTERM);
    child_signals = signalfd(-1, &blocked, SFD_CLOEXEC);
    if (child_signals < 0) {
        fail("signalfd");
    }

    record_boot();
    kvm_record();
    status = read_settings(&settings);
    if (!status) {
        start_heartbeat(settings.heartbeat_ms);
        if (settings.has_network) {
            start_network(&settings.address);
        }
        status = ballast_fill(settings.ballast_mib);
        if (!status && strcmp(settings.benchmark, "none")) {
            if (is_benchmark(settings.benchmark)) {
                pid = start_benchmark(&settings);
            } else {
                status = record_error("unknown benchmark %s",
                                      settings.benchmark);
            }
        }
        if (!status) {
            status = await_end(pid, child_signals);
        }
    }
    record("end status=%d", status);
    tcdrain(STDOUT_FILENO);
    reboot(RB_POWER_OFF);
    fail("reboot");
}
