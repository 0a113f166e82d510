// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A byte stream to a Unix socket on a host. What is written goes out at {@code flush()}. */
public final class Channel implements AutoCloseable {
  private final Connections.Place place;
  private final UnixSocketChannel channel;

  Channel(Connections.Place place, UnixSocketChannel channel) {
    this.place = place;
    this.channel = channel;
  }

  public InputStream in() {
    return channel.getInputStream();
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
}
