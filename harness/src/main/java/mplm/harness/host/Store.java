// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import mplm.engine.unit.Patience;
import net.schmizz.sshj.common.StreamCopier;
import net.schmizz.sshj.sftp.SFTPClient;
import net.schmizz.sshj.xfer.FileSystemFile;
import net.schmizz.sshj.xfer.TransferListener;

/**
 * The content-addressed files of one host, {@code WORK_FOLDER/store/SHA256-NAME}, owner-only. A file is sent under another name,
 * hashed on the host and renamed, so what stands there under a hash has that hash. A folder is a folder of links to its files.
 */
public final class Store {
  private static final Duration HASHING = Patience.of(Duration.ofMinutes(10));

  /* $1 work folder, $2 hash, $3 name. Says there or missing; what a killed upload left is removed. */
  private static final String LOOK =
      """
      umask 077
      mkdir -p -- "$1/store" || exit
      for folder in "$1" "$1/store"; do
        if [ -L "$folder" ] || [ ! -O "$folder" ]; then echo "$folder belongs to somebody else" >&2; exit 1; fi
      done
      chmod 700 -- "$1/store" || exit
      file=$1/store/$2-$3
      if [ -f "$file" ] && [ "$(sha256sum <"$file")" = "$2  -" ]; then echo there; exit; fi
      rm -f -- "$1/store/.$2".*
      echo missing
      """;

  /* $1 file that could not be sent whole: goes, and the host says what keeps it from being written. */
  private static final String ROOM = "head -c 1048576 /dev/zero >>\"$1\"; status=$?; rm -f -- \"$1\"; exit $status";

  /* $1 file that was sent, $2 hash, $3 mode, $4 final name. */
  private static final String ADMIT =
      """
      if [ "$(sha256sum <"$1")" != "$2  -" ]; then rm -f -- "$1"; echo "$4 was damaged on the way" >&2; exit 1; fi
      chmod -- "$3" "$1" && mv -f -- "$1" "$4"
      """;

  /* $1 folder, then pairs of file and name. A folder that is there was moved there whole. */
  private static final String LINK =
      """
      set -e
      folder=$1; shift
      if [ -d "$folder" ]; then exit; fi
      new=$(mktemp -d -- "$folder.XXXXXX")
      links=$new
      while [ $# -gt 0 ]; do ln -s -- "$1" "$links/$2"; shift 2; done
      mv -T -- "$new" "$folder"
      """;

  /* Pairs of hash and path: whether all are there; a folder's files are among them. */
  private static final String VERIFY =
      """
      while [ $# -gt 0 ]; do
        if [ ! -d "$2" ] && [ "$(sha256sum <"$2")" != "$1  -" ]; then exit 1; fi
        shift 2
      done
      """;

  /* Paths: what changes with every write, rename and change of mode, if not with a failing disk. */
  private static final String STAMP = "stat -c '%d %i %s %z' -- \"$@\"";

  /** A local file as it was hashed. */
  private record Version(Path file, long size, FileTime modified) {}

  private static final Map<Version, String> HASHES = new ConcurrentHashMap<>();

  private final Host host;
  private final String folder;
  private final Map<String, String> provided = new TreeMap<>();
  private String verified = "";

  Store(Host host) {
    this.host = host;
    this.folder = host.config().workFolder() + "/store";
  }

  /** Path on the host of a file, or of a folder with the same files (not folders); the executable bit is kept. */
  synchronized String provide(Path local, Transfer transfer) {
    try {
      return Files.isDirectory(local) ? folder(local, transfer) : file(local, transfer);
    } catch (IOException e) {
      throw new HostException(host.name(), "cannot provide " + local, e);
    }
  }

  /** Whether all that was provided is there as it was; what nobody has touched since it was hashed is not hashed again. */
  synchronized boolean isIntact() {
    List<String> look = new ArrayList<>(List.of("sh", "-c", STAMP, "mplm"));
    look.addAll(provided.keySet());
    Output stamp = host.run(HASHING, look.toArray(String[]::new));
    if (stamp.exitStatus() == 0 && stamp.stdout().equals(verified)) {
      return true;
    }
    List<String> argv = new ArrayList<>(List.of("sh", "-c", VERIFY, "mplm"));
    provided.forEach((path, hash) -> argv.addAll(List.of(hash, path)));
    boolean intact = stamp.exitStatus() == 0 && host.run(HASHING, argv.toArray(String[]::new)).exitStatus() == 0;
    verified = intact ? stamp.stdout() : "";
    return intact;
  }

  private String file(Path local, Transfer transfer) throws IOException {
    String hash = sha256(local);
    String name = local.getFileName().toString();
    String path = folder + "/" + hash + "-" + name;
    if (hash.equals(provided.get(path))) {
      return path;
    }
    if (sh(LOOK, host.config().workFolder(), hash, name).equals("missing\n")) {
      send(local, hash, path, transfer);
    }
    provided.put(path, hash);
    return path;
  }

  private void send(Path local, String hash, String path, Transfer transfer) throws IOException {
    String arriving = folder + "/." + hash + "." + UUID.randomUUID();
    try (Connections.Place place = host.connections().place();
        SFTPClient sftp = Host.sftp(place)) {
      sftp.getFileTransfer().setPreserveAttributes(false);
      sftp.getFileTransfer().setTransferListener(new Listener(transfer));
      sftp.put(new FileSystemFile(local.toFile()), arriving);
    } catch (IOException e) {
      String why = noRoom(arriving).orElseThrow(() -> e);
      throw new IOException(why, e);
    }
    sh(ADMIT, arriving, hash, Files.isExecutable(local) ? "700" : "600", path);
  }

  /** What the host says if it has no room: SFTP has no word for a full disk or a quota. */
  private Optional<String> noRoom(String arriving) {
    try {
      Output room = host.run(ANSWER, "sh", "-c", ROOM, "mplm", arriving);
      return Optional.of(room.stderr().strip()).filter(why -> room.exitStatus() != 0 && !why.isEmpty());
    } catch (HostException e) {
      return Optional.empty(); // it is gone, and what broke first is told
    }
  }

  private String folder(Path local, Transfer transfer) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(local)) {
      files = entries.filter(Files::isRegularFile).sorted().toList();
    }
    List<String> words = new ArrayList<>();
    StringBuilder contents = new StringBuilder();
    for (Path file : files) {
      words.add(file(file, transfer));
      words.add(file.getFileName().toString());
      contents.append(sha256(file)).append("  ").append(file.getFileName()).append('\n');
    }
    String hash = HexFormat.of().formatHex(digest().digest(contents.toString().getBytes(StandardCharsets.UTF_8)));
    String path = folder + "/" + hash + "-" + local.getFileName();
    if (!hash.equals(provided.get(path))) {
      words.add(0, path);
      sh(LINK, words.toArray(String[]::new));
      provided.put(path, hash);
    }
    return path;
  }

  /** sshj's view of a transfer. */
  private record Listener(Transfer transfer) implements TransferListener {
    @Override
    public TransferListener directory(String name) {
      return this;
    }

    @Override
    public StreamCopier.Listener file(String name, long size) {
      if (size == 0) {
        transfer.sending(name, 0, 0);
      }
      return sent -> transfer.sending(name, sent, size);
    }
  }

  private String sh(String script, String... arguments) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, "mplm"));
    argv.addAll(List.of(arguments));
    Output output = host.run(HASHING, argv.toArray(String[]::new));
    if (output.exitStatus() != 0) {
      throw new HostException(host.name(), "store " + folder + ": " + output.stderr().strip());
    }
    return output.stdout();
  }

  /** Hashed once for all hosts, unless it has changed. */
  public static String sha256(Path file) throws IOException {
    Version version = new Version(file.toRealPath(), Files.size(file), Files.getLastModifiedTime(file));
    String known = HASHES.get(version);
    if (known == null) {
      known = hash(file);
      HASHES.put(version, known);
    }
    return known;
  }

  private static String hash(Path file) throws IOException {
    MessageDigest digest = digest();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // every JDK has it
    }
  }
}
