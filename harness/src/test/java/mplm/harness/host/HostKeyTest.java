// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import mplm.harness.input.BadValue;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Each type of host key that OpenSSH 9.2 and 10 have (ssh -Q key) is read, or refused with what to do. Made by ssh-keygen for this test. */
public class HostKeyTest {
  private static final List<String> KEYS = List.of(
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFfVyqVKlPH3yZONOYf7qTgJUiMqvcC5Li9Q85wn13d/",
      "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEA/0bqR4BpGF2eDxwmAM3OKYg5xv4/LWUoUaD"
          + "JK7NJz1TmOqIBxcqlAbiwgfjYve3zKdqqsceLiwZzt3ZDwM+c=",
      "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBASW1IcpmNvjy9RR6NToVGBysEHIHJbBl03m6s"
          + "liWkJ0dnemNy2tnH/jjBp1xwwNCzMbcW2SKdMLj1Ir/Uv72511F4EseZn6YJZbKT4O8G+xkNdj4IOPSwWqLXqd96dxSQ==",
      "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAEBcf9zcBFQwrFkiZ8awjAAuluNpHjwWMbYih"
          + "oUgdYEboCdnbze794uJ/x3Z0E84ZCZW59sZO+Fv02nWy275tel6wDmjSzgujFwxTANw2TMlCWUuwNpf1ujdC0T8eJUX8YJebX8Bp3zy2oQmKYz"
          + "QkOXXTA5xSgtjRnQJoC4KrQkssQi5w==",
      "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCxnFHuPpA8rvhNPdi0XyJkgo5oa+aCBgdhr4z8ttogqLWohVtk4NmPHjWvtwBx8tuH8WsaFD"
          + "eRjr7r2+nQ9RMpEI7+26D9p2xjuHLna5IWXzUfGtm6t1DXsro0aP1qiLuoSykBzsq3MNzwAk355mVfqCkIABzITCiPImwS53OlbhFxWPmO4ndN"
          + "hydraZXuR39wo0SqcG4i5HCB2NG8n78ceNtLPyvtvdT62xO6N+TSfjg8CoonuE0tVqEzOAZWoHeUUlWxRMKpJusi0J2wRs9pcivicny/2scq5T"
          + "RtC6hZUnY9yLkTsq2OgXJwLTEowVwJe1+n+YYsN26fsMRE8p7j");

  @DataProvider
  public Object[][] keys() {
    return KEYS.stream().map(key -> new Object[] {key}).toArray(Object[][]::new);
  }

  @Test(dataProvider = "keys")
  public void aKeyIsReadAloneWithACommentAndAsALineOfKnownHosts(String key) {
    for (String line : List.of(key, key + " root@a comment", "host.example,10.0.0.1 " + key, "[host]:2222 " + key,
        "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= " + key + " comment")) {
      assertThat(HostKey.parse(line).text()).isEqualTo(key);
      assertThat(HostKey.parse(line).fingerprint()).startsWith("SHA256:");
      assertThat(HostKey.parse(line).algorithms()).contains(key.split(" ")[0]);
    }
  }

  @DataProvider
  public Object[][] refused() {
    String blob = KEYS.get(0).split(" ")[1];
    return new Object[][] {
      {"sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
          + "BAQEBAAAABHNzaDo=", "sk-ssh-ed25519@openssh.com: keys of this type cannot be checked here"},
      {"host "
          + "sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAABBBAE"
          + "BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEAAAAEc3NoOg==", "sk-ecdsa-sha2-nistp256@openssh.com: keys of this type"},
      {"webauthn-sk-ecdsa-sha2-nistp256@openssh.com AAAA", "webauthn-sk-ecdsa-sha2-nistp256@openssh.com: keys of this type"},
      {"ssh-ed25519-cert-v01@openssh.com " + blob, "ssh-ed25519-cert-v01@openssh.com: keys of this type"},
      {"@cert-authority *.example " + KEYS.get(0), "certificate authority, or revoked"},
      {"@revoked * " + KEYS.get(0), "certificate authority, or revoked"},
      {"ssh-rsa " + blob, "allowed: a public key as in known_hosts"}, // another type within
      {"ssh-ed25519", "allowed: a public key as in known_hosts"},
      {"ssh-ed25519 " + blob.substring(0, 20), "allowed: a public key as in known_hosts"},
      {"host ssh-ed25519 " + "%%%", "allowed: a public key as in known_hosts"},
      {"", "allowed: a public key as in known_hosts"},
      {null, "allowed: a public key as in known_hosts"},
    };
  }

  @Test(dataProvider = "refused")
  public void whatCannotBeUsedIsRefusedInOneLine(String text, String why) {
    assertThatThrownBy(() -> HostKey.parse(text)).isInstanceOf(BadValue.class).hasMessageContaining(why)
        .hasMessageContaining("e.g. ssh-ed25519").hasMessageNotContaining("\n");
  }

  @Test
  public void noTwoKeysAreTakenForEachOther() {
    assertThat(KEYS.stream().map(key -> Arrays.toString(HostKey.parse(key).blob()))).doesNotHaveDuplicates();
  }
}
