// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.input;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads a YAML file into records. Keys are the component names in snake case; components annotated with
 * {@code @JsonProperty(required = true)} must be there, others are null when absent; enum values stand as their
 * {@code toString}. Nothing is converted silently: text is text, a number is a number.
 */
public final class InputFile {
  private static final ObjectMapper MAPPER =
      YAMLMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.READ_ENUMS_USING_TO_STRING)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .build();

  private InputFile() {}

  /** Reads the file; {@link BadInput} names the file, the line, the key and what is allowed. */
  public static <T> T read(Path file, Class<T> type) {
    return read(file, type, Map.of());
  }

  /**
   * Does what {@link #read(Path, Class)} does.
   *
   * @param texts types whose values stand as text, each with what reads it; an {@link IllegalArgumentException} from that becomes
   *     the message
   */
  public static <T> T read(Path file, Class<T> type, Map<Class<?>, Function<String, ?>> texts) {
    ObjectMapper mapper = texts.isEmpty() ? MAPPER : MAPPER.copy().registerModule(module(texts));
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new BadInput(file + ": no such file");
    } catch (IOException e) {
      throw new BadInput(file + ": " + (e instanceof CharacterCodingException
          ? "is not text in UTF-8: save it so (iconv -f LATIN1 -t UTF-8)" : "cannot be read: " + e.getMessage()));
    }
    try (JsonParser parser = mapper.createParser(text)) {
      T read = parser.nextToken() == null ? null : mapper.readValue(parser, type);
      if (read == null) {
        throw new BadInput(file + ": empty, allowed: a mapping");
      }
      if (parser.nextToken() != null) {
        throw new BadInput(file + ":" + parser.currentTokenLocation().getLineNr()
            + ": a second document begins here, allowed: one; put it into a file of its own");
      }
      return read;
    } catch (JsonProcessingException e) {
      boolean broken = !(e instanceof JsonMappingException) || e.getCause() instanceof StreamReadException
          && !(e.getCause() instanceof InputCoercionException);
      throw new BadInput(file + ":" + (broken ? notYaml(e) : explain(text, (JsonMappingException) e)));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of text in memory there is none
    }
  }

  private static SimpleModule module(Map<Class<?>, Function<String, ?>> texts) {
    SimpleModule module = new SimpleModule();
    texts.forEach((type, reader) -> addText(module, type, reader));
    return module;
  }

  private static <V> void addText(SimpleModule module, Class<V> type, Function<String, ?> reader) {
    module.addKeyDeserializer(type, new KeyDeserializer() {
      @Override
      public Object deserializeKey(String key, DeserializationContext context) throws IOException {
        try {
          return reader.apply(key);
        } catch (IllegalArgumentException e) {
          throw JsonMappingException.from(context, e.getMessage(), e);
        }
      }
    });
    module.addDeserializer(type, new StdScalarDeserializer<V>(type) {
      @Override
      public V deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        if (!parser.currentToken().isScalarValue()) {
          throw JsonMappingException.from(parser, "not text");
        }
        try {
          return type.cast(reader.apply(parser.getText()));
        } catch (IllegalArgumentException e) {
          throw JsonMappingException.from(parser, e.getMessage(), e);
        }
      }

      @Override
      public V getNullValue(DeserializationContext context) throws JsonMappingException {
        throw JsonMappingException.from(context, "empty");
      }

      @Override
      public V getAbsentValue(DeserializationContext context) {
        return null; // a required key is found missing before
      }
    });
  }

  private static String notYaml(JsonProcessingException e) {
    JsonProcessingException cause = e.getCause() instanceof StreamReadException broken ? broken : e;
    int line = cause.getLocation().getLineNr();
    String said = cause.getOriginalMessage();
    // the first line says what was being read, the next one what is wrong with it
    String reason = said.lines().map(String::strip).filter(one -> one.startsWith("found ") || one.startsWith("expected "))
        .findFirst().filter(one -> !firstLine(said).contains(one)).map(one -> ", " + one).orElse("");
    return line + ": not YAML: " + firstLine(said) + reason + (reason.contains("'\\t") ? ": indent by spaces, not by tabs" : "");
  }

  /** {@code LINE: KEY: what is wrong}. */
  private static String explain(String text, JsonMappingException e) {
    JsonPointer at = pointer(e);
    if (e.getCause() instanceof BadValue bad) {
      at = at.appendProperty(bad.key());
    }
    Map<JsonPointer, Place> places = places(text);
    Place place = places.get(at);
    String key = at.toString().substring(at.matches() ? 0 : 1).replace('/', '.');
    String problem;
    if (e.getCause() instanceof BadValue bad) {
      problem = bad.problem();
    } else if (e.getCause() instanceof InputCoercionException && place != null) {
      problem = place.value() + " is not allowed, allowed: a smaller whole number";
    } else if (e instanceof UnrecognizedPropertyException unknown) {
      problem = "unknown key, allowed: " + new TreeSet<>(unknown.getKnownPropertyIds()).stream()
          .map(Object::toString).collect(Collectors.joining(", "));
    } else if (place == null && !at.matches()) {
      problem = "missing; there are: " + keys(places.keySet(), at.head());
    } else if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      String value = place == null ? "this" : place.value();
      problem = value + " is not allowed, allowed: " + allowed(mismatch.getTargetType())
          + (mismatch.getTargetType() == String.class && place != null && !value.startsWith("a ")
              ? "; if it is meant as text, quote it: " + (value.startsWith("\"") ? value : "\"" + value + "\"") : "");
    } else {
      problem = firstLine(e.getOriginalMessage());
    }
    for (JsonPointer up = at; place == null && !up.matches(); up = up.head()) {
      place = places.get(up.head());
    }
    return (place == null ? 1 : place.line()) + ": " + (key.isEmpty() ? "" : key + ": ") + problem;
  }

  /** The keys of one mapping; among them is the misspelt one, when there is one. */
  private static String keys(Set<JsonPointer> all, JsonPointer mapping) {
    return all.stream()
        .filter(at -> !at.matches() && at.head().equals(mapping))
        .map(at -> at.last().getMatchingProperty())
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static String allowed(Class<?> type) {
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants()).map(Object::toString).collect(Collectors.joining(", "));
    }
    if (type.isRecord()) {
      return "a mapping";
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    return switch (type.getSimpleName().toLowerCase(Locale.ROOT)) {
      case "int", "long", "integer" -> "a whole number";
      case "double" -> "a number";
      case "boolean" -> "true, false";
      case "string", "path" -> "text";
      case "map" -> "a mapping";
      default -> "a " + type.getSimpleName();
    };
  }

  /** Where a key stands and, for a scalar, what it holds. */
  private record Place(int line, String value) {}

  /** Jackson reports where it gave up, which may be lines below the key; so the places of all keys are taken from the text. */
  private static Map<JsonPointer, Place> places(String text) {
    Map<JsonPointer, Place> places = new HashMap<>();
    try (JsonParser parser = MAPPER.createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        int line = parser.currentTokenLocation().getLineNr();
        JsonPointer at = parser.getParsingContext().pathAsPointer();
        if (token == JsonToken.FIELD_NAME) {
          places.put(at, new Place(line, ""));
        } else if (token.isScalarValue()) {
          places.merge(at, new Place(line, "\"" + parser.getText() + "\""), (key, value) -> new Place(key.line(), value.value()));
        } else if (token.isStructStart()) {
          places.merge(at, new Place(line, token == JsonToken.START_ARRAY ? "a list" : "a mapping"),
              (key, value) -> new Place(key.line(), value.value()));
        }
      }
    } catch (IOException e) {
      return places; // the text is broken further down; what stands before it is what the message needs
    }
    return places;
  }

  private static JsonPointer pointer(JsonMappingException e) {
    JsonPointer at = JsonPointer.empty();
    for (JsonMappingException.Reference step : e.getPath()) {
      at = step.getFieldName() != null ? at.appendProperty(step.getFieldName()) : at.appendIndex(step.getIndex());
    }
    return at;
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }
}
