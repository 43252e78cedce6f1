package io.hawser.core.pm;

import io.hawser.wire.IpAddress;

/**
 * One endpoint of {@code ip mptcp endpoint}.
 *
 * @param id 1 to 255
 * @param port 0: the connection's own
 * @param signal announce it (ADD_ADDR)
 * @param subflow open a subflow from it
 * @param backup such a subflow is a backup
 * @param fullMesh use it towards every announced address as well
 */
public record PathEndpoint(
    int id,
    IpAddress address,
    int port,
    boolean signal,
    boolean subflow,
    boolean backup,
    boolean fullMesh) {

  /** Without any flag. */
  static PathEndpoint plain(int id, IpAddress address) {
    return new PathEndpoint(id, address, 0, false, false, false, false);
  }

  /** The words that {@code ip mptcp endpoint show} prints. */
  @Override
  public String toString() {
    return address
        + (port == 0 ? "" : " port " + port)
        + " id "
        + id
        + (signal ? " signal" : "")
        + (subflow ? " subflow" : "")
        + (backup ? " backup" : "")
        + (fullMesh ? " fullmesh" : "");
  }

  PathEndpoint withId(int given) {
    return new PathEndpoint(given, address, port, signal, subflow, backup, fullMesh);
  }

  PathEndpoint withFlags(boolean asBackup, boolean asFullMesh) {
    return new PathEndpoint(id, address, port, signal, subflow, asBackup, asFullMesh);
  }
}
