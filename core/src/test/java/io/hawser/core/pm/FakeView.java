package io.hawser.core.pm;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/** A connection as a path manager sees it, that carries out at once whatever is decided. */
final class FakeView implements PathView {
  final EndpointTable table = new EndpointTable();
  final List<Path> paths = new ArrayList<>();
  final List<Announced> announced = new ArrayList<>();
  final List<IpAddress> addresses = new ArrayList<>();
  final List<IpAddress> broken = new ArrayList<>();
  final List<Integer> announcedIds = new ArrayList<>();
  final PathBackoff backoff = new PathBackoff();
  final Endpoint remote;
  boolean client = true;
  boolean joinsToInitial = true;
  boolean announcing;
  long nowNs;
  private int nextSubflow = 1;

  /** An established connection with its first subflow. */
  FakeView(String local, String remote) {
    this.remote = new Endpoint(address(remote), 80);
    addresses.add(address(local));
    paths.add(new Path(0, address(local), 0, this.remote, 0, true));
  }

  static IpAddress address(String text) {
    return IpAddress.parse(text);
  }

  FakeView with(String words) {
    table.execute(words);
    return this;
  }

  void hears(int id, String address, int port) {
    announced.add(new Announced(id, address(address), port));
  }

  /** Asks, carries out, and tells what was decided in short words. */
  List<String> ask(PathManager manager) {
    List<PathAction> actions = new ArrayList<>();
    manager.decide(this, actions);
    List<String> words = new ArrayList<>();
    for (PathAction action : actions) {
      words.add(carryOut(action));
    }
    return words;
  }

  private String carryOut(PathAction action) {
    return switch (action) {
      case PathAction.Open o -> {
        IpAddress local = o.local().isAny() ? addresses.getFirst() : o.local();
        paths.add(new Path(nextSubflow++, local, o.localId(), o.remote(), o.remoteId(), false));
        yield "open "
            + o.local()
            + "/"
            + o.localId()
            + " "
            + o.remote()
            + "/"
            + o.remoteId()
            + (o.backup() ? " backup" : "");
      }
      case PathAction.Announce a -> {
        announcedIds.add(a.id());
        announcing = true;
        yield "announce " + a.id() + " " + a.address() + ":" + a.port();
      }
      case PathAction.Withdraw w -> "withdraw " + w.id();
      case PathAction.Close c -> "close " + c.subflow();
    };
  }

  /** The subflow to this address dies. */
  void dies(String local, String remoteAddress) {
    for (Path path : List.copyOf(paths)) {
      if (path.local().equals(address(local))
          && path.remote().address().equals(address(remoteAddress))) {
        paths.remove(path);
        backoff.failed(path.local(), path.remote(), nowNs);
      }
    }
  }

  @Override
  public boolean client() {
    return client;
  }

  @Override
  public Endpoint initialRemote() {
    return remote;
  }

  @Override
  public boolean initialRemoteAllowed() {
    return joinsToInitial;
  }

  @Override
  public IpAddress initialLocal() {
    return addresses.getFirst();
  }

  @Override
  public List<Path> paths() {
    return paths;
  }

  @Override
  public List<Announced> announced() {
    return announced;
  }

  @Override
  public List<IpAddress> localAddresses() {
    return addresses;
  }

  @Override
  public int localId(IpAddress address) {
    return address.equals(initialLocal()) ? 0 : table.idFor(address);
  }

  @Override
  public boolean wasAnnounced(int id) {
    return announcedIds.contains(id);
  }

  @Override
  public boolean announcing() {
    return announcing;
  }

  @Override
  public boolean works(IpAddress local) {
    return !broken.contains(local);
  }

  @Override
  public boolean resting(IpAddress local, Endpoint to) {
    return backoff.resting(local, to, nowNs);
  }

  @Override
  public EndpointTable endpoints() {
    return table;
  }
}
