/*
 * What KVM writes into the guest's memory by itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef KVM_H
#define KVM_H

/*
 * Under KVM, a record for each vCPU with the areas that the guest's kernel has
 * given to KVM, each as NAME=PHYSICAL_ADDRESS+BYTES:
 *
 *   @mplm kvm cpu=0 wall_clock=0x3600000+12 steal_time=0xf61c0c0+64 ...
 *
 * or one that says why they are unknown: @mplm kvm unknown="...". Elsewhere
 * nothing.
 */
void kvm_record(void);

#endif
