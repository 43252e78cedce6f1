package io.hawser.core;

import io.hawser.core.api.FastOpenUse;
import io.hawser.core.tcp.FastOpen;
import io.hawser.core.tcp.FastOpenCache;
import io.hawser.core.tcp.FastOpenCookies;
import io.hawser.wire.Endpoint;
import io.hawser.wire.PacketView;
import java.util.random.RandomGenerator;

/** Fast Open of a stack (RFC 7413): what its clients know, and what its listeners answer. */
final class FastOpenDoor {
  final FastOpenCache cache = new FastOpenCache();
  private final StackConfig config;
  private final FastOpenCookies cookies;

  FastOpenDoor(StackConfig config, RandomGenerator random) {
    this.config = config;
    this.cookies = new FastOpenCookies(random);
  }

  /** How a SYN is answered: RFC 7413 section 4.2.2, steps 1 to 5. */
  FastOpen answer(PacketView syn, ListenerEntry listener, Endpoint at, Endpoint from, long nowNs) {
    FastOpenUse use = listener.config.fastOpen();
    boolean asks = syn.fastOpenOffset >= 0;
    boolean trusted = use == FastOpenUse.WITHOUT_COOKIE && syn.payloadLength > 0;
    boolean hears = use != FastOpenUse.OFF && (asks || trusted);
    if (!hears || !listener.fastOpens.hasRoom(config.maxFastOpens, nowNs)) {
      return FastOpen.OFF;
    }
    if (trusted) {
      return FastOpen.server(null, false, listener.fastOpens);
    }
    FastOpenCookies.Secret secret =
        new FastOpenCookies.Secret(config.fastOpenKey, config.fastOpenKeyLifeNs);
    FastOpenCookies.Test test =
        syn.fastOpenLength == 0
            ? FastOpenCookies.Test.INVALID
            : cookies.test(syn.fastOpenCookie(), from.address(), at.address(), secret, nowNs);
    boolean valid = test == FastOpenCookies.Test.VALID;
    boolean takes = test != FastOpenCookies.Test.INVALID && syn.payloadLength > 0;
    return FastOpen.server(
        valid ? null : cookies.cookie(from.address(), at.address(), secret, nowNs),
        syn.fastOpenExperimental,
        takes ? listener.fastOpens : null);
  }
}
