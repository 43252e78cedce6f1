package io.hawser.bench;

import io.hawser.linux.KernelSocket;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;

/** One connection, whoever carries it. */
interface Stream extends AutoCloseable {
  int read(byte[] into, int offset, int length) throws IOException;

  void write(byte[] from, int offset, int length) throws IOException;

  /** No more bytes follow. */
  void finish() throws IOException;

  @Override
  void close() throws IOException;

  /** By the JDK's interface. */
  static Stream of(Socket socket) throws IOException {
    var in = socket.getInputStream();
    var out = socket.getOutputStream();
    return new Stream() {
      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return in.read(into, offset, length);
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        out.write(from, offset, length);
      }

      @Override
      public void finish() throws IOException {
        socket.shutdownOutput();
      }

      @Override
      public void close() throws IOException {
        socket.close();
      }
    };
  }

  /** By the kernel. */
  static Stream of(KernelSocket socket) {
    return new Stream() {
      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return socket.read(into, offset, length);
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        socket.write(from, offset, length);
      }

      @Override
      public void finish() throws IOException {
        socket.shutdownOutput();
      }

      @Override
      public void close() {
        socket.close();
      }
    };
  }

  /** Reads exactly so many bytes. */
  default void readFully(byte[] into, int length) throws IOException {
    for (int at = 0; at < length; ) {
      int count = read(into, at, length - at);
      if (count < 0) {
        throw new EOFException("the peer ended after " + at + " of " + length + " bytes");
      }
      at += count;
    }
  }
}
