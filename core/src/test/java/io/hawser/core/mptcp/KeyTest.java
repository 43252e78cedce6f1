package io.hawser.core.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.wire.IpAddress;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Keys, tokens and HMACs against what the kernel put on the wire. */
class KeyTest {
  private static final JsonNode VECTORS =
      JsonMapper.shared()
          .readTree(Path.of("../wire/src/test/resources/captures/vectors.json").toFile());

  private static Key key(JsonNode v, String name) {
    return Key.of(HexFormat.fromHexDigitsToLong(v.get(name).asString()));
  }

  private static int int32(JsonNode v, String name) {
    return HexFormat.fromHexDigits(v.get(name).asString());
  }

  @Test
  void key_hashed_givesTokenAndIdsn() {
    JsonNode all = VECTORS.get("key_derivation");
    assertThat(all.size()).isEqualTo(71);
    for (JsonNode v : all) {
      for (String side : new String[] {"client", "server"}) {
        if (!v.has(side + "_key") || v.get(side + "_key").isNull()) {
          continue;
        }
        Key key = key(v, side + "_key");
        assertThat(key.token()).isEqualTo(int32(v, side + "_token"));
        assertThat(HexFormat.of().toHexDigits(key.idsn()))
            .isEqualTo(v.get(side + "_idsn").asString());
      }
    }
  }

  @Test
  void join_hmacs_equalTheKernels() {
    JsonNode all = VECTORS.get("mp_join");
    assertThat(all.size()).isEqualTo(30);
    for (JsonNode v : all) {
      Key a = key(v, "key_initiator");
      Key b = key(v, "key_listener");
      int nonceA = int32(v, "nonce_initiator");
      int nonceB = int32(v, "nonce_listener");
      assertThat(b.token()).isEqualTo(int32(v, "token_in_syn"));
      byte[] hmacA = Key.joinHmac(a, b, nonceA, nonceB);
      byte[] hmacB = Key.joinHmac(b, a, nonceB, nonceA);
      assertThat(HexFormat.of().formatHex(hmacA)).isEqualTo(v.get("hmac_a_full").asString());
      assertThat(HexFormat.of().formatHex(Key.left160(hmacA)))
          .isEqualTo(v.get("hmac_a_trunc160_in_ack").asString());
      assertThat(HexFormat.of().toHexDigits(Key.left64(hmacB)))
          .isEqualTo(v.get("hmac_b_trunc64_in_synack").asString());
    }
  }

  @Test
  void addAddr_hmac_equalsTheKernels() {
    JsonNode all = VECTORS.get("add_addr");
    assertThat(all.size()).isEqualTo(12);
    for (JsonNode v : all) {
      long hmac =
          Key.addressHmac(
              key(v, "sender_key"),
              key(v, "receiver_key"),
              v.get("addr_id").asInt(),
              IpAddress.parse(v.get("address").asString()),
              v.get("port").asInt());
      assertThat(HexFormat.of().toHexDigits(hmac)).isEqualTo(v.get("truncated_hmac").asString());
    }
  }
}
