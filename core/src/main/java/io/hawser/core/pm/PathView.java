package io.hawser.core.pm;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.List;

/** What a path manager sees of one connection. */
public interface PathView {
  /**
   * A pair of addresses that a subflow uses or tries.
   *
   * @param subflow the subflow's number, for {@link PathAction.Close}
   * @param established false while it is being opened
   */
  record Path(
      int subflow,
      IpAddress local,
      int localId,
      Endpoint remote,
      int remoteId,
      boolean established) {}

  /** An address that the peer announced and has not withdrawn; port 0: none given. */
  record Announced(int id, IpAddress address, int port) {}

  /** True on the side that opened the connection. */
  boolean client();

  /** The first subflow's remote endpoint. */
  Endpoint initialRemote();

  /**
   * False if the peer asked for no joins to the initial address and port (the C flag of RFC 8684
   * section 3.1).
   */
  boolean initialRemoteAllowed();

  /** Local address of the first subflow. */
  IpAddress initialLocal();

  /** Subflows that live or are being opened. */
  List<Path> paths();

  /** What the peer announced, oldest first. */
  List<Announced> announced();

  /** Addresses of the stack whose way out works. */
  List<IpAddress> localAddresses();

  /**
   * The id by which the peer knows an address of the stack: 0 for the first subflow's, else {@link
   * EndpointTable#idFor}.
   */
  int localId(IpAddress address);

  /** True if this address id has been announced already. */
  boolean wasAnnounced(int id);

  /** True while an announcement waits for its echo. */
  boolean announcing();

  /** False while the way out from a local address is known to be broken. */
  boolean works(IpAddress local);

  /**
   * True if a subflow between these failed lately and should not be tried yet ({@link
   * PathBackoff}); local as the action named it, so it may be ANY.
   */
  boolean resting(IpAddress local, Endpoint remote);

  /** Endpoints and limits. */
  EndpointTable endpoints();
}
