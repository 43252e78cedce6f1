package io.hawser.wire;

/** The options of RFC 8684 section 7.2, decoded. Their bytes are in {@link MptcpCodec}. */
public sealed interface MptcpOption {

  /**
   * MP_CAPABLE (section 3.1) in its forms: SYN (no key), SYN/ACK (sender's key), ACK (both keys),
   * first data (both keys and a data-level length, maybe a checksum).
   *
   * @param version 4 bits
   * @param flags the byte of flags A (0x80) to H (0x01)
   * @param keys how many keys it carries: 0, 1 or 2
   * @param dataLength -1 if absent
   * @param checksum -1 if absent, else 16 bits
   */
  record MpCapable(
      int version,
      int flags,
      int keys,
      long senderKey,
      long receiverKey,
      int dataLength,
      int checksum)
      implements MptcpOption {
    /** Checksum required. */
    public static final int A = 0x80;

    /** Extensibility. */
    public static final int B = 0x40;

    /** No joins to this address and port. */
    public static final int C = 0x20;

    /** HMAC-SHA256. */
    public static final int H = 0x01;
  }

  /** MP_JOIN on a SYN (section 3.2). */
  record MpJoinSyn(boolean backup, int addressId, int token, int nonce) implements MptcpOption {}

  /** MP_JOIN on a SYN/ACK. */
  record MpJoinSynAck(boolean backup, int addressId, long hmac, int nonce) implements MptcpOption {}

  /** MP_JOIN on the third ACK; 20 bytes of HMAC. */
  record MpJoinAck(byte[] hmac) implements MptcpOption {}

  /**
   * DSS (section 3.3).
   *
   * @param dataAckBytes 0, 4 or 8
   * @param dsnBytes 0 (no mapping), 4 or 8
   * @param checksum -1 if absent
   */
  record Dss(
      boolean dataFin,
      int dataAckBytes,
      long dataAck,
      int dsnBytes,
      long dsn,
      int ssn,
      int dataLength,
      int checksum)
      implements MptcpOption {}

  /**
   * ADD_ADDR (section 3.4.1).
   *
   * @param port 0 if absent
   * @param hmac ignored on an echo
   */
  record AddAddr(boolean echo, int addressId, IpAddress address, int port, long hmac)
      implements MptcpOption {}

  /** REMOVE_ADDR (section 3.4.2). */
  record RemoveAddr(int[] addressIds) implements MptcpOption {}

  /** MP_PRIO (section 3.3.8). */
  record MpPrio(boolean backup) implements MptcpOption {}

  /** MP_FAIL (section 3.7). */
  record MpFail(long dsn) implements MptcpOption {}

  /** MP_FASTCLOSE (section 3.5). */
  record MpFastclose(long receiverKey) implements MptcpOption {}

  /** MP_TCPRST (section 3.6); flags U8 V4 W2 T1. */
  record MpTcprst(int flags, int reason) implements MptcpOption {}

  /** Anything else of kind 30: kept as it is, from the kind byte on. */
  record Unknown(byte[] bytes) implements MptcpOption {}
}
