package io.hawser.core.pm;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.List;

/** What a path manager sees of one connection. */
public interface PathView {
  /** A pair of addresses that a subflow uses or tries. */
  record Path(IpAddress local, int localId, Endpoint remote, int remoteId) {}

  /** An address that the peer announced and has not withdrawn. */
  record Announced(int id, IpAddress address, int port) {}

  /** True on the side that opened the connection. */
  boolean client();

  /**
   * The first subflow's remote endpoint, and whether the peer takes joins to it (the C flag of RFC
   * 8684 section 3.1).
   */
  Endpoint initialRemote();

  /** False if the peer asked for no joins to the initial address and port. */
  boolean initialRemoteAllowed();

  /** Local address of the first subflow. */
  IpAddress initialLocal();

  /** Subflows that live or are being opened. */
  List<Path> paths();

  /** What the peer announced. */
  List<Announced> announced();

  /** Addresses of the stack. */
  List<IpAddress> localAddresses();

  /** True if this endpoint id has been announced already. */
  boolean wasAnnounced(int id);

  /** Endpoints and limits. */
  EndpointTable endpoints();
}
