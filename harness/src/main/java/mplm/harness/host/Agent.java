// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import static mplm.engine.unit.Patience.ANSWER;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import mplm.engine.unit.Patience;
import mplm.harness.input.Environment;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.SSHPacket;
import net.schmizz.sshj.userauth.UserAuthException;
import net.schmizz.sshj.userauth.method.AbstractAuthMethod;
import net.schmizz.sshj.userauth.method.AuthMethod;

/** Logs in with the keys of the SSH agent at {@code SSH_AUTH_SOCK}, which sshj does not know (draft-ietf-sshm-ssh-agent). */
final class Agent {
  private static final int REQUEST_IDENTITIES = 11;
  private static final int IDENTITIES_ANSWER = 12;
  private static final int SIGN_REQUEST = 13;
  private static final int SIGN_RESPONSE = 14;
  private static final int RSA_SHA2_512 = 4;
  private static final int LONGEST_ANSWER = 1 << 18;

  private Agent() {}

  /** Tries its keys one after the other; {@link UserAuthException} if there is no agent, or none of its keys is taken. */
  static void logIn(SSHClient client, String user) throws IOException {
    List<AuthMethod> methods = new ArrayList<>();
    try {
      Buffer.PlainBuffer answer = ask(new Buffer.PlainBuffer().putByte((byte) REQUEST_IDENTITIES), IDENTITIES_ANSWER);
      for (long left = answer.readUInt32(); left > 0; left--) {
        methods.add(new Signed(answer.readStringAsBytes()));
        answer.readString(); // its comment
      }
    } catch (IOException e) {
      throw new UserAuthException(e.getMessage(), e);
    }
    if (methods.isEmpty()) {
      throw new UserAuthException("the SSH agent has no key: add one with ssh-add");
    }
    client.auth(user, methods);
  }

  /** One of its keys, in SSH wire form. */
  private static final class Signed extends AbstractAuthMethod {
    private final byte[] key;

    Signed(byte[] key) {
      super("publickey");
      this.key = key;
    }

    @Override
    protected SSHPacket buildReq() throws UserAuthException {
      try {
        String type = new Buffer.PlainBuffer(key).readString();
        boolean rsa = type.equals("ssh-rsa");
        SSHPacket request = super.buildReq().putBoolean(true).putString(rsa ? "rsa-sha2-512" : type).putString(key);
        byte[] data =
            new Buffer.PlainBuffer().putString(params.getTransport().getSessionID()).putBuffer(request).getCompactData();
        Buffer.PlainBuffer answer = ask(
            new Buffer.PlainBuffer().putByte((byte) SIGN_REQUEST).putString(key).putString(data).putUInt32(rsa ? RSA_SHA2_512 : 0),
            SIGN_RESPONSE);
        return request.putString(answer.readStringAsBytes());
      } catch (IOException e) {
        throw new UserAuthException(e.getMessage(), e);
      }
    }
  }

  /** One question and its answer, behind the answer's type. */
  private static Buffer.PlainBuffer ask(Buffer.PlainBuffer question, int answerType) throws IOException {
    String path = Environment.value("SSH_AUTH_SOCK").orElseThrow(() -> new IOException("there is no SSH agent: SSH_AUTH_SOCK is not set"));
    try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.connect(UnixDomainSocketAddress.of(path));
      byte[] body = question.getCompactData();
      ByteBuffer out = ByteBuffer.allocate(Integer.BYTES + body.length).putInt(body.length).put(body).flip();
      // a blocking channel has no time-out of its own; closing it ends the read
      CompletableFuture<byte[]> answer = CompletableFuture.supplyAsync(() -> exchange(socket, out));
      Buffer.PlainBuffer in = new Buffer.PlainBuffer(answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS));
      if (in.readByte() != answerType) {
        throw new IOException("the SSH agent at " + path + " refuses");
      }
      return in;
    } catch (ExecutionException e) {
      throw new IOException("the SSH agent at " + path + ": " + e.getCause().getMessage(), e);
    } catch (SocketException e) {
      throw new IOException("nobody answers as the SSH agent at " + path + ": " + e.getMessage(), e);
    } catch (TimeoutException e) {
      throw new IOException("the SSH agent at " + path + " does not answer " + Patience.within(ANSWER), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the SSH agent was asked", e);
    }
  }

  private static byte[] exchange(SocketChannel socket, ByteBuffer out) {
    try {
      while (out.hasRemaining()) {
        socket.write(out);
      }
      DataInputStream in = new DataInputStream(Channels.newInputStream(socket));
      int length = in.readInt();
      if (length < 1 || length > LONGEST_ANSWER) {
        throw new IOException("an answer of " + length + " bytes");
      }
      return in.readNBytes(length);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
