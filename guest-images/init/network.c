/*
 * The guest's network: see network.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "modules.h"
#include "record.h"

#define DEVICE "eth0"
#define ARP_NOTIFY "/proc/sys/net/ipv4/conf/all/arp_notify"
#define ECHO_PORT 7

int network_parse(const char *text, NetworkAddress *address)
{
    char host[INET_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    size_t length = slash ? (size_t)(slash - text) : 0;
    long prefix;

    if (slash && length < sizeof(host)) {
        memcpy(host, text, length);
        host[length] = 0;
        if (inet_pton(AF_INET, host, &address->host) == 1 &&
            !parse_number(slash + 1, 1, 30, &prefix)) {
            address->mask.s_addr = htonl(~0u << (32 - prefix));
            return 0;
        }
    }
    return record_error("address is %s, allowed: A.B.C.D/1 to A.B.C.D/30",
                        text);
}

static bool write_text(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    bool written;

    if (file < 0) {
        return false;
    }
    written = write(file, text, strlen(text)) == (ssize_t)strlen(text);
    close(file);
    return written;
}

static void set_address(struct ifreq *request, struct in_addr address)
{
    struct sockaddr_in internet = {
        .sin_family = AF_INET, .sin_addr = address
    };

    memcpy(&request->ifr_addr, &internet, sizeof(internet));
}

const char *network_start(const NetworkAddress *address)
{
    struct ifreq request = { .ifr_name = DEVICE };
    const char *failed = NULL;
    int any;

    if (!modules_load("network")) {
        return "/modules/network";
    }
    /* A bridge or switch that last saw the address elsewhere must know. */
    if (!write_text(ARP_NOTIFY, "1")) {
        return ARP_NOTIFY;
    }
    any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (any < 0) {
        return "socket";
    }
    set_address(&request, address->host);
    if (ioctl(any, SIOCSIFADDR, &request)) {
        failed = DEVICE ": address";
    } else {
        set_address(&request, address->mask);
        if (ioctl(any, SIOCSIFNETMASK, &request)) {
            failed = DEVICE ": prefix";
        }
    }
    if (!failed) {
        request.ifr_flags = IFF_UP;
        if (ioctl(any, SIOCSIFFLAGS, &request)) {
            failed = DEVICE ": up";
        }
    }
    close(any);
    return failed;
}

const char *network_echo(void)
{
    const struct sockaddr_in here = {
        .sin_family = AF_INET, .sin_port = htons(ECHO_PORT)
    };
    struct sockaddr_in from;
    static char payload[65536];
    int port = socket(AF_INET, SOCK_DGRAM, 0);

    if (port < 0 ||
        bind(port, (const struct sockaddr *)&here, sizeof(here))) {
        return "echo";
    }
    for (;;) {
        socklen_t length = sizeof(from);
        ssize_t size = recvfrom(port, payload, sizeof(payload), 0,
                                (struct sockaddr *)&from, &length);

        /* An answer that cannot leave is lost, as datagrams may be. */
        if (size >= 0) {
            sendto(port, payload, size, 0, (struct sockaddr *)&from, length);
        } else if (errno != EINTR) {
            return "echo";
        }
    }
}
