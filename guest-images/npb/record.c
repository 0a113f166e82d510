/*
 * Records: see record.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec * 1e-9;
}

/*
 * CRC-32 of ISO 3309, as zlib's. A migration can repeat or lose bytes on their
 * way out of the serial port; whoever reads must see that.
 */
static uint32_t crc32(const char *text, int length)
{
    uint32_t crc = ~0u;

    for (int i = 0; i < length; i++) {
        crc ^= (unsigned char)text[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
        }
    }
    return ~crc;
}

static void record_line(const char *kind, const char *format, va_list values,
                        const char *end)
{
    char text[400], line[470];
    const char *at = line;
    int left;

    vsnprintf(text, sizeof(text), format, values);
    left = snprintf(line, sizeof(line), "@mplm %s%s%s t=%.6f", kind, text,
                    end, seconds());
    left += snprintf(line + left, sizeof(line) - left, " sum=%08x\n",
                     (unsigned)crc32(line, left));
    while (left > 0) {
        ssize_t n = write(STDOUT_FILENO, at, left);

        if (n < 0 && errno != EINTR && errno != EAGAIN) {
            exit(1);    /* nobody listens, and nothing else can say so */
        }
        if (n > 0) {
            at += n;
            left -= n;
        }
    }
}

void record(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    record_line("", format, values, "");
    va_end(values);
}

int record_error(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    record_line("error message=\"", format, values, "\"");
    va_end(values);
    return 2;
}

int parse_number(const char *text, long low, long high, long *value)
{
    char *end;

    errno = 0;
    *value = strtol(text, &end, 10);
    return errno || end == text || *end || *value < low || *value > high ? -1
                                                                         : 0;
}
