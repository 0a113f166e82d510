// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.record;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializerBase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import mplm.engine.migration.Method;
import mplm.engine.unit.Bandwidth;
import mplm.engine.unit.DataSize;
import mplm.engine.unit.Durations;
import mplm.harness.file.WholeFile;
import mplm.harness.input.InputFile;
import mplm.harness.suite.Shard;

/** A file of JSON that holds one record, with the components' names in snake case. The kit's own types stand as text. */
final class RecordFile {
  private static final Map<Class<?>, Function<String, ?>> TEXTS = Map.of(
      DataSize.class, DataSize::parse,
      Bandwidth.class, Bandwidth::parse,
      Duration.class, Durations::parse,
      Method.class, Method::parse,
      Shard.class, Shard::parse);

  private static final ObjectMapper WRITER = JsonMapper.builder()
      .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
      .enable(SerializationFeature.INDENT_OUTPUT)
      .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
      .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
      .addModule(texts())
      .build();

  private RecordFile() {}

  private static SimpleModule texts() {
    SimpleModule module = new SimpleModule();
    TEXTS.keySet().forEach(type -> module.addSerializer(type, ToStringSerializer.instance));
    return module
        .addKeySerializer(Duration.class, new JsonSerializer<>() {
          @Override
          public void serialize(Duration value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeFieldName(Durations.print(value));
          }
        })
        .addSerializer(Duration.class, new ToStringSerializerBase(Duration.class) {
          private static final long serialVersionUID = 1;

          @Override
          public String valueToString(Object value) {
            return Durations.print((Duration) value);
          }
        });
  }

  /** Writes it, whole or not at all. */
  static void write(Path file, Record content) throws IOException {
    WholeFile.write(file, WRITER.writeValueAsString(content) + "\n");
  }

  /** Reads what {@link #write} wrote; {@link mplm.harness.input.BadInput} names the line, the key and what is allowed. */
  static <T extends Record> T read(Path file, Class<T> type) {
    return InputFile.read(file, type, TEXTS);
  }

  /** Reads it as it stands there, whatever record it is meant to be; {@link IOException} too if it is no JSON. */
  static JsonNode tree(Path file) throws IOException {
    return WRITER.readTree(file.toFile());
  }
}
