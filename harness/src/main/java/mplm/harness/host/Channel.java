// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A byte stream to a Unix socket on a host. What is written goes out at {@code flush()}. */
public final class Channel implements AutoCloseable {
  private final Connections.Place place;
  private final UnixSocketChannel channel;
  private final InputStream in;

  Channel(Connections.Place place, UnixSocketChannel channel) {
    this.place = place;
    this.channel = channel;
    this.in = new ZeroLengthRead(channel.getInputStream());
  }

  public InputStream in() {
    return in;
  }

  public OutputStream out() {
    return channel.getOutputStream();
  }

  /** Ends the stream in both directions; a reader sees its end. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // the connection is lost and the channel with it
    } finally {
      place.close();
    }
  }

  /** A read of no bytes returns at once, as InputStream promises and readNBytes relies on; in sshj it waits for data. */
  private static final class ZeroLengthRead extends FilterInputStream {
    ZeroLengthRead(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return length == 0 ? 0 : super.read(bytes, offset, length);
    }
  }
}
