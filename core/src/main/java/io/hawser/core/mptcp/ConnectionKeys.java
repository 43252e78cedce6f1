package io.hawser.core.mptcp;

/**
 * Both keys of a connection, and data sequence numbers as stream offsets: the first byte that no
 * SYN carried is IDSN + 1 (RFC 8684 section 3.1 and appendix B.2).
 */
final class ConnectionKeys {
  private final MptcpConnection c;

  ConnectionKeys(MptcpConnection connection) {
    this.c = connection;
  }

  Key localKey() {
    Key key = c.localKey;
    if (key == null) {
      throw new IllegalStateException("no key was drawn");
    }
    return key;
  }

  Key remoteKey() {
    Key key = c.remoteKey;
    if (key == null) {
      throw new IllegalStateException("the peer's key is not known");
    }
    return key;
  }

  long localDsn(long offset) {
    return localKey().idsn() + 1 + offset - c.early.sentBytes();
  }

  long localOffset(long dsn) {
    return dsn - localKey().idsn() - 1 + c.early.sentBytes();
  }

  long remoteDsn(long offset) {
    return remoteKey().idsn() + 1 + offset - c.early.receivedBytes();
  }

  long remoteOffset(long dsn) {
    return dsn - remoteKey().idsn() - 1 + c.early.receivedBytes();
  }
}
