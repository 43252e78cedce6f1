package io.hawser.workload;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;

/**
 * Requests at a rate on one connection, each answered at once. A request's delay counts from when
 * it was due to the last byte of its reply, so one that waits behind others says so.
 */
public final class RequestResponse {
  private static final int HEADER = 16;

  private final double perSecond;
  private final int requestBytes;
  private final int replyBytes;
  private final MessageReport report = new MessageReport();

  /** Sizes are at least 16, which is what a message's own account takes. */
  public RequestResponse(double perSecond, int requestBytes, int replyBytes) {
    this.perSecond = perSecond;
    this.requestBytes = Math.max(HEADER, requestBytes);
    this.replyBytes = Math.max(HEADER, replyBytes);
  }

  /** The client's requests, until a time (nanoTime); then ends the stream. */
  public void ask(Socket socket, long untilNs) throws IOException {
    socket.setTcpNoDelay(true);
    OutputStream out = socket.getOutputStream();
    ByteBuffer request = ByteBuffer.allocate(requestBytes);
    Pacer pacer = new Pacer(perSecond);
    for (long number = 0; ; number++) {
      long dueNs = pacer.next();
      if (dueNs - untilNs >= 0) {
        break;
      }
      request.putLong(0, number).putLong(8, dueNs);
      report.sent();
      out.write(request.array());
    }
    socket.shutdownOutput();
  }

  /** The client's replies, to the end. */
  public void hear(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    ByteBuffer reply = ByteBuffer.allocate(replyBytes);
    for (long expected = 0; ; expected++) {
      try {
        in.readFully(reply.array());
      } catch (EOFException e) {
        return;
      }
      long nowNs = System.nanoTime();
      if (reply.getLong(0) != expected) {
        report.wrong();
      }
      report.arrived(nowNs, nowNs - reply.getLong(8), Long.MAX_VALUE, replyBytes);
    }
  }

  /** The server: answers to the end, then ends its own stream. */
  public void answer(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    DataInputStream in = new DataInputStream(socket.getInputStream());
    OutputStream out = socket.getOutputStream();
    ByteBuffer request = ByteBuffer.allocate(requestBytes);
    ByteBuffer reply = ByteBuffer.allocate(replyBytes);
    while (true) {
      try {
        in.readFully(request.array());
      } catch (EOFException e) {
        socket.shutdownOutput();
        return;
      }
      reply.put(0, request.array(), 0, HEADER);
      out.write(reply.array());
    }
  }

  /** What became of the requests; a reply is an arrival. */
  public MessageReport report() {
    return report;
  }
}
