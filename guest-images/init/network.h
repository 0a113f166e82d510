/*
 * The guest's network: one device, one address, and an echo.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NETWORK_H
#define NETWORK_H

#include <netinet/in.h>

typedef struct NetworkAddress {
    struct in_addr host;
    struct in_addr mask;
} NetworkAddress;

/*
 * Read "A.B.C.D/PREFIX". Returns 0, or 2 after an error record when it is not
 * an address with a prefix of 1 to 30 bits.
 */
int network_parse(const char *text, NetworkAddress *address);

/*
 * Load the device's driver, unless the kernel has it built in, and give eth0
 * the address. The device tells the network where it is. Returns NULL, or what
 * failed, with errno.
 */
const char *network_start(const NetworkAddress *address);

/*
 * Answer every datagram that comes to UDP port 7 with its own payload, for ever
 * (RFC 862). Returns what failed, with errno.
 */
const char *network_echo(void);

#endif
