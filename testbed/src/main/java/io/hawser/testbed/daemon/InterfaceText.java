package io.hawser.testbed.daemon;

import io.hawser.linux.LinkChange;
import io.hawser.testbed.Host;
import io.hawser.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Changes of a host's interfaces as lines of the log; what changes nothing gives none. */
final class InterfaceText {
  private static final String LOOPBACK = "lo";

  /** What happened to one interface since the last lines. */
  private static final class Story {
    final String name;
    final LinkChange.@Nullable Link before;
    LinkChange.@Nullable Link now;
    final List<String> gained = new ArrayList<>();
    final List<String> lost = new ArrayList<>();

    Story(String name, LinkChange.@Nullable Link before) {
      this.name = name;
      this.before = before;
      now = before;
    }

    String text() {
      List<String> parts = new ArrayList<>();
      if (now == null && before != null) {
        parts.add("is gone");
      } else if (now != null && (before == null || !condition(now).equals(condition(before)))) {
        parts.add((before == null ? "is new, " : "is ") + condition(now));
      }
      if (!lost.isEmpty()) {
        parts.add("lost " + String.join(" and ", lost));
      }
      if (!gained.isEmpty()) {
        parts.add("has " + String.join(" and ", gained));
      }
      return String.join(", ", parts);
    }

    private static String condition(LinkChange.Link link) {
      return !link.up() ? "down" : link.carrier() ? "up" : "without a carrier";
    }
  }

  private final String host;
  private final Map<Integer, LinkChange.Link> interfaces = new HashMap<>();
  private final Map<Integer, Story> stories = new LinkedHashMap<>();
  private final Set<IpAddress> addresses = new HashSet<>();
  private boolean missed;

  InterfaceText(Host host, List<LinkChange.Link> now) {
    this.host = host.name();
    now.forEach(link -> interfaces.put(link.interfaceIndex(), link));
    addresses.addAll(host.kernelAddresses(false));
    addresses.addAll(host.kernelAddresses(true));
  }

  void take(LinkChange change) {
    int index = change.interfaceIndex();
    switch (change) {
      case LinkChange.Link link -> {
        story(index, link.name()).now = link;
        interfaces.put(index, link);
      }
      case LinkChange.LinkRemoved removed -> {
        story(index, removed.name()).now = null;
        interfaces.remove(index);
      }
      case LinkChange.AddressAdded added -> {
        if (!isLinkLocal(added.address()) && addresses.add(added.address())) {
          story(index, name(index)).gained.add(added.address().toString());
        }
      }
      case LinkChange.AddressRemoved removed -> {
        if (!isLinkLocal(removed.address())) {
          addresses.remove(removed.address());
          story(index, name(index)).lost.add(removed.address().toString());
        }
      }
      case LinkChange.Missed _ -> missed = true;
    }
  }

  private Story story(int index, String name) {
    return stories.computeIfAbsent(index, _ -> new Story(name, interfaces.get(index)));
  }

  private String name(int index) {
    Story story = stories.get(index);
    LinkChange.Link known = interfaces.get(index);
    return story != null ? story.name : known != null ? known.name() : "number " + index;
  }

  /** RFC 4291 section 2.5.6: fe80::/10. */
  private static boolean isLinkLocal(IpAddress address) {
    return address.v6() && address.high() >>> 54 == 0x3fa;
  }

  /** One line an interface that changed since the last call; not of loopback nor of a stack's. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Story story : stories.values()) {
      String text = story.text();
      if (!text.isEmpty()
          && !story.name.equals(LOOPBACK)
          && !story.name.equals(Host.STACK_DEVICE)) {
        lines.add(host + ": interface " + story.name + " " + text);
      }
    }
    stories.clear();
    if (missed) {
      missed = false;
      lines.add(host + ": some changes of interfaces were lost");
    }
    return lines;
  }
}
