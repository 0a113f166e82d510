// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import mplm.harness.support.InFolder;

/** Makes files of control groups, as Linux shows them, below a folder. */
abstract class ControlGroups extends InFolder {
  static void group(Path folder, Map<String, String> files) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue() + "\n");
    }
  }

  Path machine(String name, String groups) throws IOException {
    Path root = folder.resolve(name);
    Files.writeString(Files.createDirectories(root.resolve("proc/self")).resolve("cgroup"), groups);
    return root;
  }
}
