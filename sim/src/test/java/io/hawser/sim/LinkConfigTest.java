package io.hawser.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LinkConfigTest {

  @Test
  void everySettingIsRead() {
    LinkConfig config =
        LinkConfig.parse(
            "rate=20mbit delay=30ms jitter=2.5ms loss=0.5% reorder=1%:-5ms duplicate=0.1%"
                + " corrupt=0.01% hidden queue=64kb aqm=codel:4ms:80ms mtu=1400 overhead=14 blackhole down");
    assertThat(config)
        .isEqualTo(
            new LinkConfig(
                20_000_000,
                30_000_000,
                2_500_000,
                5_000,
                10_000,
                -5_000_000,
                1_000,
                100,
                true,
                65_536,
                4_000_000,
                80_000_000,
                1400,
                14,
                false,
                true));
  }

  @Test
  void textReadsBackAsItself() {
    for (String text :
        new String[] {
          "",
          "rate=unlimited",
          "rate=1.5gbit delay=1us",
          "rate=7bit loss=100%",
          "delay=1ns reorder=0.0001%:3us duplicate=33% corrupt=0.0003% hidden",
          "queue=0b mtu=9000 down",
          "overhead=38 blackhole"
        }) {
      LinkConfig config = LinkConfig.parse(text);
      assertThat(LinkConfig.parse(config.toString())).as(text).isEqualTo(config);
    }
  }

  @Test
  void aChangeLeavesTheRest() {
    LinkConfig config = LinkConfig.parse("rate=1mbit down").with("up loss=1%");
    assertThat(config).isEqualTo(LinkConfig.DEFAULT.withRate(1_000_000).withLossPpm(10_000));
  }

  @Test
  void whatIsWrongIsNamed() {
    for (String wrong :
        new String[] {
          "speed=1mbit", "rate=fast", "delay=30", "loss=101%", "sideways", "loss=0.00001%", "mtu=1"
        }) {
      String key = wrong.replaceAll("=.*", "");
      assertThatThrownBy(() -> LinkConfig.parse("delay=1ms " + wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(key);
    }
  }
}
