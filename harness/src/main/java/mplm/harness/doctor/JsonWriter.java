// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.doctor;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One JSON object for programs: {@code go}, and {@code checks} with {@code host, what, verdict, finding, remedy} of each. */
public final class JsonWriter {
  private static final ObjectMapper MAPPER = new ObjectMapper()
      .enable(SerializationFeature.INDENT_OUTPUT)
      .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

  private JsonWriter() {}

  /** Writes it. */
  public static void write(Diagnosis diagnosis, PrintWriter out) throws IOException {
    List<Map<String, String>> checks = diagnosis.checks().stream().map(JsonWriter::check).toList();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("go", diagnosis.go());
    all.put("checks", checks);
    MAPPER.writeValue(out, all);
    out.println();
    out.flush();
  }

  private static Map<String, String> check(Check check) {
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("host", check.host());
    keys.put("what", check.what());
    keys.put("verdict", check.verdict().toString());
    keys.put("finding", check.finding());
    keys.put("remedy", check.remedy());
    return keys;
  }
}
