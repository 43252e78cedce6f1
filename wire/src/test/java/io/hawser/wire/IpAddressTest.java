package io.hawser.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 0.0.0.0",
    "255.255.255.255, 255.255.255.255",
    "192.0.2.1, 192.0.2.1",
    "::, ::",
    "::1, ::1",
    "1::, 1::",
    "0:0:0:0:0:0:0:1, ::1",
    "2001:0DB8::0001, 2001:db8::1",
    // RFC 5952 section 4.2: the longest run, the first of equals, never a single group.
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "0:1:2:3:4:5:6:7, 0:1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
    "fe80::1:0:0:0, fe80::1:0:0:0",
    "::ffff:192.0.2.1, ::ffff:192.0.2.1",
    "::ffff:c000:201, ::ffff:192.0.2.1",
    "64:ff9b::192.0.2.1, 64:ff9b::c000:201",
    "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304"
  })
  void text_parsed_printsAsRfc5952(String text, String printed) {
    assertThat(IpAddress.parse(text)).hasToString(printed);
    assertThat(IpAddress.parse(printed)).isEqualTo(IpAddress.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "1.2.3.-4",
        "1.2.3.a",
        "1..2.3",
        "localhost",
        ":",
        ":::",
        "1:::2",
        ":1",
        "1:",
        "::1::",
        "1::2::3",
        "12345::",
        "::g",
        "::-1",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1.2.3",
        "::1.2.3.4:5",
        "1.2.3.4::",
        "1.2.3.4::1",
        "1:2:3:4:5:6:7:1.2.3.4",
        "fe80::1%eth0",
        "[::1]",
        "::1/64"
      })
  void text_thatIsNoAddress_isRefusedByName(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IpAddress.parse(text))
        .withMessageContaining("'" + text + "'");
  }

  @Test
  void anyAddress_printedAndParsed_isTheSame() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
      random.nextBytes(bytes);
      for (int k = 0; k < bytes.length; k++) {
        bytes[k] &= (byte) (random.nextInt(3) == 0 ? 0xff : 0);
      }
      IpAddress address = IpAddress.of(bytes);
      assertThat(address.bytes()).as("seed %s", seed).isEqualTo(bytes);
      assertThat(IpAddress.parse(address.toString())).as("seed %s", seed).isEqualTo(address);
    }
  }

  @Test
  void bytes_neither4Nor16_areRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> IpAddress.of(new byte[5]));
  }

  @Test
  void mapping_ofIpv4_goesBothWays() {
    IpAddress four = IpAddress.parse("203.0.113.9");
    assertThat(four.mapped()).hasToString("::ffff:203.0.113.9");
    assertThat(four.mapped().isV4Mapped()).isTrue();
    assertThat(four.mapped().unmapped()).isEqualTo(four);
    assertThat(four.unmapped()).isEqualTo(four);
    assertThat(four.isV4Mapped()).isFalse();
    assertThat(IpAddress.v4(four.bits4())).isEqualTo(four);
    assertThat(IpAddress.parse("::1").mapped()).hasToString("::1");
    assertThat(IpAddress.ANY4.isAny()).isTrue();
    assertThat(IpAddress.ANY6.isAny()).isTrue();
    assertThat(IpAddress.ANY4).isNotEqualTo(IpAddress.ANY6);
  }

  @Test
  void endpoint_printed_bracketsIpv6() {
    assertThat(new Endpoint(IpAddress.parse("192.0.2.1"), 80)).hasToString("192.0.2.1:80");
    assertThat(new Endpoint(IpAddress.parse("::1"), 65_535)).hasToString("[::1]:65535");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Endpoint(IpAddress.ANY4, 65_536))
        .withMessageContaining("65536");
    assertThatIllegalArgumentException().isThrownBy(() -> new Endpoint(IpAddress.ANY4, -1));
  }
}
