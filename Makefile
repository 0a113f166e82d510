# SPDX-License-Identifier: GPL-2.0-or-later
.PHONY: help run test engine engine-test guest bench clean
help:        ## these lines
	@sed -n 's/^\([a-z-]*\): *[a-z -]*## */\1\t/p' Makefile | expand -t 14
run:         ## the quick suite on this machine: rows and charts in reports/runs
	@harness/bin/mplm run quick
test:        ## everything that is tested on every change
	@nice mvn -q -B verify
engine:      ## build QEMU with MPLM, or find it in the cache
	@engine/qemu/build
engine-test: ## QEMU's whole migration-test with MPLM, on KVM and TCG
	@engine/qemu/test --full
guest:       ## build the guest's kernel and programs, or find them in the cache
	@guest-images/build
bench:       ## cost of a page visit and of a fetch; the live stage's share of the link
	@nice mvn -q -B verify -Pbench
clean:       ## remove what was built in this clone; the cache stays
	@mvn -q -B clean
