package io.hawser.sim;

import io.hawser.wire.PacketBuffer;

/** A router that lowers the MSS option of SYNs, as those before tunnels do. */
public final class MssClamp implements Middlebox {
  private static final int MSS = 2;
  private static final int SYN_FLAG = 2;

  private final TcpHeader header = new TcpHeader();
  private final int mssBytes;

  /** No SYN passes with an MSS above this. */
  public MssClamp(int mssBytes) {
    this.mssBytes = mssBytes;
  }

  @Override
  public boolean pass(PacketBuffer packet, Direction direction, long nowNs) {
    if (header.locate(packet) && (header.flags() & SYN_FLAG) != 0) {
      int at = header.option(MSS);
      if (at >= 0 && (header.u8(at + 2) << 8 | header.u8(at + 3)) > mssBytes) {
        header.replace8(at + 2, mssBytes >> 8);
        header.replace8(at + 3, mssBytes & 0xff);
      }
    }
    return true;
  }
}
