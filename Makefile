# SPDX-License-Identifier: GPL-2.0-or-later
# one language for what programs say, and UTF-8 for names, whatever the user's locale is
export LC_ALL := C.UTF-8
.PHONY: help run paper test lab lab-test engine engine-test prove fuzz guest npb bench dist fresh-test clean packages
help:        ## these lines
	@sed -n 's/^\([a-z-]*\): *[a-z -]*## */\1\t/p' Makefile | expand -t 14
run: packages ## the quick suite on this machine: rows and charts in reports/runs
	@harness/bin/mplm run quick
paper: packages ## the paper's 320 trials at full size, on the two hosts of HOSTS=hosts.yaml: some 40 hours
	@harness/bin/mplm run paper --hosts "$${HOSTS:?make paper HOSTS=hosts.yaml}"
test: packages ## everything that is tested on every change
	@MPLM_ENGINE=$$(engine/qemu/build) && MPLM_GUEST=$$(guest-images/build) && export MPLM_ENGINE MPLM_GUEST && guest-images/test && mvn -B -ntp verify && engine/prove/prove --quick && harness/test && harness/lab-test --smoke && engine/qemu/test
lab: packages ## two emulated machines with KVM, and a shell that reaches them: $MPLM_HOSTS names their hosts file
	@harness/bin/mplm testbed --testbed machines
lab-test: packages ## the tests on emulated machines with KVM: moves, faults that only machines have; up to an hour
	@MPLM_ENGINE=$$(engine/qemu/build) && MPLM_GUEST=$$(guest-images/build) && export MPLM_ENGINE MPLM_GUEST && mvn -q -B -ntp package -DskipTests && harness/lab-test
engine: packages ## build QEMU with MPLM, or find it in the cache
	@engine/qemu/build
engine-test: packages ## QEMU's whole migration-test with MPLM, on KVM and TCG
	@engine/qemu/test --full
prove: packages ## the scheduler's properties by induction, and that each mutant is found: a quarter of an hour
	@engine/prove/prove
fuzz: packages ## inputs that fuzzers find, a million for the scheduler, the recorder and each reader: hours
	@engine/fuzz/fuzz
guest: packages ## build the guest's kernel and programs, or find them in the cache
	@guest-images/build
npb: packages ## the guest's programs without a guest: classes S and W, verified, seconds, Mop/s, memory
	@guest-images/bench S W
bench: packages ## cost of a page visit, a fetch, KVM's log, a simulation; the live stage's share of the link; the guest's programs
	@MPLM_ENGINE=$$(engine/qemu/build) && export MPLM_ENGINE && mvn -q -B -ntp package -DskipTests && mvn -q -B -pl engine exec:exec@bench exec:exec@bench-log exec:exec@bench-simulation && harness/bench && guest-images/bench A
dist: packages ## one archive that runs on a machine with a Java runtime and sshd: nothing is built there
	@harness/bin/dist
fresh-test: packages ## the two commands, and what dist makes, in new roots of Debian 12 and 13: root, 15 GB, hours
	@harness/fresh-test
clean:       ## remove what was built in this clone; the cache stays
	@rm -rf engine/target harness/target
packages:    ## install the Debian packages that are missing
	@engine/bin/install-packages engine/qemu/packages guest-images/packages harness/packages
