/*
 * What KVM writes into the guest's memory by itself: see kvm.h.
 *
 * The kernel has told KVM by model-specific registers where its areas are; they
 * and the areas are KVM's ABI (Linux, Documentation/virt/kvm/x86/msr.rst).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kvm.h"

#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "modules.h"
#include "record.h"

#define SIGNATURE_LEAF 0x40000000
#define FEATURES_LEAF 0x40000001

/* One area of a vCPU; the wall clock is the same one for all. */
static const struct {
    const char *name;
    unsigned feature;           /* bit of FEATURES_LEAF */
    uint32_t msr;
    uint64_t flags;             /* bits of the register that are no address */
    bool has_enable_bit;        /* bit 0 */
    int bytes;
} areas[] = {
    { "wall_clock", 3, 0x4b564d00, 0, false, 12 },
    { "system_time", 3, 0x4b564d01, 0x1, true, 32 },
    { "async_page_fault", 4, 0x4b564d02, 0x3f, true, 64 },
    { "steal_time", 5, 0x4b564d03, 0x3f, true, 64 },
    { "end_of_interrupt", 6, 0x4b564d04, 0x3, true, 4 },
};

static bool runs_on_kvm(void)
{
    unsigned eax, ebx, ecx, edx;
    char signature[13] = { 0 };

    __cpuid(1, eax, ebx, ecx, edx);
    if (!(ecx & 1u << 31)) {    /* no hypervisor */
        return false;
    }
    __cpuid(SIGNATURE_LEAF, eax, ebx, ecx, edx);
    memcpy(signature, &ebx, 4);
    memcpy(signature + 4, &ecx, 4);
    memcpy(signature + 8, &edx, 4);
    return !strcmp(signature, "KVMKVMKVM");
}

static bool record_cpu(int cpu, unsigned features)
{
    char path[40], text[300] = "";
    int file;

    snprintf(path, sizeof(path), "/dev/cpu/%d/msr", cpu);
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
        size_t length = strlen(text);
        uint64_t value;

        if (!(features & 1u << areas[i].feature)) {
            continue;
        }
        if (pread(file, &value, sizeof(value), areas[i].msr) !=
            sizeof(value)) {
            close(file);
            return false;
        }
        if (areas[i].has_enable_bit ? value & 1 : value != 0) {
            snprintf(text + length, sizeof(text) - length, " %s=0x%llx+%d",
                     areas[i].name,
                     (unsigned long long)(value & ~areas[i].flags),
                     areas[i].bytes);
        }
    }
    close(file);
    record("kvm cpu=%d%s", cpu, text);
    return true;
}

void kvm_record(void)
{
    unsigned eax, ebx, ecx, edx;
    int cpus = sysconf(_SC_NPROCESSORS_ONLN);
    bool told;

    if (!runs_on_kvm()) {
        return;
    }
    __cpuid(FEATURES_LEAF, eax, ebx, ecx, edx);
    told = modules_load("kvm");
    for (int cpu = 0; told && cpu < cpus; cpu++) {
        told = record_cpu(cpu, eax);
    }
    if (!told) {
        record("kvm unknown=\"model-specific registers: %s\"",
               strerror(errno));
    }
}
