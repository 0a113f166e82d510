// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.input;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a person gave cannot be used. The message is one line: what, where, what is allowed. Exit code 2. */
public final class BadInput extends RuntimeException {
  /** The message may quote what was given: line ends and other control characters in it are shown as in Java's strings. */
  public BadInput(String message) {
    super(oneLine(message));
  }

  private static String oneLine(String message) {
    return message.codePoints().mapToObj(letter -> switch (letter) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> Character.isISOControl(letter) || letter == 0x2028 || letter == 0x2029
          ? String.format(Locale.ROOT, "\\u%04x", letter) : Character.toString(letter);
    }).collect(Collectors.joining());
  }

  /** What is wrong with a file, and with which if that is known: many exceptions of the file system say nothing but its name. */
  public static String reason(IOException e) {
    if (e instanceof FileSystemException file) {
      String reason = e instanceof NoSuchFileException ? "no such file or folder"
          : e instanceof AccessDeniedException ? "permission denied"
          : e instanceof FileAlreadyExistsException ? "is there, and is no folder" : file.getReason();
      // of a copy that is broken off, the one that was written
      boolean copied = e.getClass() == FileSystemException.class && file.getOtherFile() != null;
      return (copied ? file.getOtherFile() : file.getFile()) + ": " + (reason == null ? file.getClass().getSimpleName() : reason);
    }
    if (e instanceof CharacterCodingException) {
      return "is not text in UTF-8";
    }
    String told = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    // such as ImageIO's "I/O error writing PNG file!"
    String why = e.getCause() instanceof IOException cause ? reason(cause) : "";
    return told.contains(why) ? told : told + ": " + why;
  }
}
