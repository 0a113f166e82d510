// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.derive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.nio.file.Path;
import mplm.harness.record.RunManifest;
import mplm.harness.rig.Environment;
import org.testng.annotations.Test;

public class RunStampTest {
  /** Or a run whose guests all began at one point of their programs would be a base, and the same result in other moments be worse. */
  @Test
  public void runsThatMovedTheirGuestsAtOtherMomentsDiffer() throws Exception {
    Path run = RecordedRun.unpack();
    try {
      RunStamp before = RunStamp.of(RunManifest.read(run));
      ObjectMapper json = new ObjectMapper();
      File manifest = run.resolve("run.json").toFile();
      ObjectNode tree = (ObjectNode) json.readTree(manifest);
      ((ObjectNode) tree.required("environment").required("controller")).put("moments", Environment.controller().get("moments"));
      json.writeValue(manifest, tree);
      RunStamp now = RunStamp.of(RunManifest.read(run));
      String told = "controller.moments: nothing, drawn from the seed";
      assertThat(before.differences(now, RunStamp.KIND)).containsExactly(told);
      assertThat(before.differences(now, RunStamp.PARTS)).containsExactly(told);
      assertThat(before.differences(now, RunStamp.ONE_RUN)).containsExactly(told);
      assertThat(now.differences(now, key -> true)).isEmpty();
    } finally {
      RecordedRun.remove(run);
    }
  }
}
