package io.hawser.workload;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;

/**
 * Frames of one size at a constant rate over a byte stream: voice, games, television. A frame says
 * when it was due, by this machine's nanoTime; its delay counts from then, so time spent waiting
 * for a full socket is in it.
 */
public final class MessageStream {
  private static final int HEADER = 24;
  private static final long MAGIC = 0x6861777365726d73L;

  private final double perSecond;
  private final int frameBytes;
  private final long deadlineNs;
  private final MessageReport report = new MessageReport();

  /**
   * A stream.
   *
   * @param frameBytes at least 24, which is what a frame's own account takes
   * @param deadlineNs frames that take longer count as late
   */
  public MessageStream(double perSecond, int frameBytes, long deadlineNs) {
    this.perSecond = perSecond;
    this.frameBytes = Math.max(HEADER, frameBytes);
    this.deadlineNs = deadlineNs;
  }

  /** Sends until a time (nanoTime), then ends the stream. */
  public void send(Socket socket, long untilNs) throws IOException {
    socket.setTcpNoDelay(true);
    OutputStream out = socket.getOutputStream();
    ByteBuffer frame = ByteBuffer.allocate(frameBytes);
    Pacer pacer = new Pacer(perSecond);
    for (long number = 0; ; number++) {
      long dueNs = pacer.next();
      if (dueNs - untilNs >= 0) {
        break;
      }
      frame.putLong(0, MAGIC).putLong(8, number).putLong(16, dueNs);
      for (int i = HEADER; i < frameBytes; i++) {
        frame.put(i, filler(number, i));
      }
      report.sent();
      out.write(frame.array());
    }
    socket.shutdownOutput();
  }

  /** Receives to the end. */
  public void receive(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] bytes = new byte[frameBytes];
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    for (long expected = 0; ; expected++) {
      try {
        in.readFully(bytes);
      } catch (EOFException e) {
        return;
      }
      long nowNs = System.nanoTime();
      if (!isRight(frame, expected)) {
        report.wrong();
      }
      report.arrived(nowNs, nowNs - frame.getLong(16), deadlineNs, frameBytes);
    }
  }

  private boolean isRight(ByteBuffer frame, long expected) {
    boolean right = frame.getLong(0) == MAGIC && frame.getLong(8) == expected;
    for (int i = HEADER; i < frameBytes && right; i++) {
      right = frame.get(i) == filler(expected, i);
    }
    return right;
  }

  private static byte filler(long number, int at) {
    return (byte) (number * 31 + at);
  }

  /** What became of the frames. */
  public MessageReport report() {
    return report;
  }
}
