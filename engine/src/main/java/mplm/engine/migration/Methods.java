// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.engine.migration;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The methods that there are, one line each. */
public final class Methods {
  private static final List<Form> FORMS = new CopyOnWriteArrayList<>(List.of(
      Precopy.FORM,
      Mplm.FORM,
      Nova.FORM,
      KubeVirt.FORM,
      KubeVirtSteps.FORM,
      SmallGain.FORM,
      Postcopy.FORM,
      Unmigrated.FORM,
      StopAndCopy.FORM));

  private Methods() {}

  /**
   * A method's text form.
   *
   * @param name before the colon
   * @param text as an error message has it, such as {@code precopy:DURATION}
   * @param what it is, in a line
   * @param list whether its settings are a list with commas
   * @param capabilities of QEMU that such a method may switch on, which are off under all others
   * @param parser takes what stands behind the colon, empty without one; {@link IllegalArgumentException} says what is allowed
   */
  public record Form(String name, String text, String what, boolean list, Set<String> capabilities, Function<Optional<String>, Method> parser) {
    /** The form of a method without settings. */
    public static Form plain(String name, String what, Supplier<Method> method) {
      return new Form(name, name, what, false, Set.of(), rest -> {
        if (rest.isPresent()) {
          throw new IllegalArgumentException(name + " takes no settings, not '" + rest.orElseThrow() + "'");
        }
        return method.get();
      });
    }
  }

  /** Adds a method that is not the kit's own, until what is returned is closed. */
  public static AutoCloseable add(Form form) {
    FORMS.add(form);
    return () -> FORMS.remove(form);
  }

  /** All of them. */
  public static List<Form> forms() {
    return List.copyOf(FORMS);
  }

  /** The text forms of all of them, with "or" before the last. */
  public static String texts() {
    List<String> texts = FORMS.stream().map(Form::text).toList();
    return String.join(", ", texts.subList(0, texts.size() - 1)) + " or " + texts.get(texts.size() - 1);
  }

  /** All capabilities that methods switch on. */
  static Set<String> capabilities() {
    return FORMS.stream().flatMap(form -> form.capabilities().stream()).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  static Method parse(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    try {
      Form form = form(name).orElseThrow(() -> new IllegalArgumentException(
          "a method is " + texts() + ", such as precopy:0.3s or mplm:epoch=1s,share=25"));
      return form.parser().apply(colon < 0 ? Optional.empty() : Optional.of(text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("method '" + text + "': " + e.getMessage(), e);
    }
  }

  private static Optional<Form> form(String name) {
    return FORMS.stream().filter(form -> form.name().equals(name)).findFirst();
  }

  /** Parts texts at the commas between methods: what follows a method with a list, and is none itself, is a setting of that. */
  public static List<String> split(String texts) {
    List<String> methods = new ArrayList<>();
    for (String part : texts.split(",", -1)) {
      int last = methods.size() - 1;
      boolean open = last >= 0 && methods.get(last).contains(":")
          && form(methods.get(last).substring(0, methods.get(last).indexOf(':'))).filter(Form::list).isPresent();
      if (open && !part.contains(":") && form(part).isEmpty()) {
        methods.set(last, methods.get(last) + "," + part);
      } else {
        methods.add(part);
      }
    }
    return methods;
  }
}
