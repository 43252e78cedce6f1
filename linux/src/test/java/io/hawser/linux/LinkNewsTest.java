package io.hawser.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Interfaces of a namespace come, change and go. */
@NeedsNetworkNamespaces
@Timeout(60)
class LinkNewsTest {
  private static final long PATIENCE_NS = 10_000_000_000L;

  private static LinkChange next(LinkNews news, Predicate<LinkChange> wanted) throws IOException {
    List<LinkChange> others = new ArrayList<>();
    long end = System.nanoTime() + PATIENCE_NS;
    while (System.nanoTime() < end) {
      LinkChange change = news.poll(end - System.nanoTime());
      if (change != null && wanted.test(change)) {
        return change;
      }
      others.add(change);
    }
    throw new AssertionError("not told, but " + others);
  }

  private static Predicate<LinkChange> link(String name, boolean up, boolean carrier) {
    return change ->
        change instanceof LinkChange.Link link
            && link.name().equals(name)
            && link.up() == up
            && link.carrier() == carrier;
  }

  @Test
  void tunDevice_carrierAndAddresses_areTold() throws IOException {
    try (NetworkNamespace namespace = NetworkNamespace.anonymous();
        LinkNews news = LinkNews.open(namespace)) {
      Ip ip = new Ip(namespace);
      try (TunDevice device =
          namespace.run(() -> TunDevice.open("hwnews0", TunOptions.create().plain()))) {
        ip.up("hwnews0");
        next(news, link("hwnews0", true, true));
        device.carrier(false);
        LinkChange lost = next(news, link("hwnews0", true, false));
        assertThat(((LinkChange.Link) lost).operState()).isEqualTo("down");
        device.carrier(true);
        LinkChange back = next(news, link("hwnews0", true, true));
        assertThat(news.links()).extracting(LinkChange.Link::name).contains("lo", "hwnews0");

        int index = back.interfaceIndex();
        ip.address("hwnews0", "10.79.0.1/24");
        var v4 = new LinkChange.AddressAdded(index, IpAddress.parse("10.79.0.1"), 24);
        assertThat(next(news, v4::equals)).isNotNull();
        ip.address("hwnews0", "fd79::1/64");
        var v6 = new LinkChange.AddressAdded(index, IpAddress.parse("fd79::1"), 64);
        assertThat(next(news, v6::equals)).isNotNull();
        ip.ip("addr del 10.79.0.1/24 dev hwnews0");
        var gone = new LinkChange.AddressRemoved(index, IpAddress.parse("10.79.0.1"), 24);
        assertThat(next(news, gone::equals)).isNotNull();
      }
      next(
          news,
          change ->
              change instanceof LinkChange.LinkRemoved removed && removed.name().equals("hwnews0"));
    }
  }
}
