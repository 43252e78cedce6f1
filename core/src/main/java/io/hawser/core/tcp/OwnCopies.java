package io.hawser.core.tcp;

import io.hawser.core.buffer.SendBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that only one slow path still has to retransmit: acknowledged at data level, so that the
 * connection's buffer can let them go (RFC 8684 section 3.3.2 wants them kept until the subflow has
 * them acknowledged too).
 */
final class OwnCopies {
  private static final int ROOM_BYTES = 8 << 20;
  private @Nullable SendBuffer copies;

  /** Copies what is outstanding and lies before {@code offset}; at most a window is. */
  void keep(TcpSender sender, SendBuffer data, long offset) {
    LossRecovery recovery = sender.recovery;
    for (int i = 0; i < sender.unackedCount(); i++) {
      TxRange range = sender.unacked(i);
      if (range.own == null && range.dataOffset + range.length <= offset) {
        SendBuffer into = copies;
        if (into == null) {
          int window = 2 * recovery.congestion().cwndBytes() + 4 * recovery.board.lostBytes();
          into = data.sibling(window + ROOM_BYTES);
          copies = into;
        }
        if (into.freeBytes() < range.length) {
          return;
        }
        range.ownOffset = into.writtenOffset();
        data.copyTo(range.dataOffset, range.length, into);
        range.own = into;
      }
    }
  }

  void drop() {
    SendBuffer old = copies;
    if (old != null) {
      old.close();
      copies = null;
    }
  }
}
