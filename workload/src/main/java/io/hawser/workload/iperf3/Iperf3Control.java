package io.hawser.workload.iperf3;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The control connection: a cookie, states of one byte, and JSON after its length. */
final class Iperf3Control implements AutoCloseable {
  static final int COOKIE_BYTES = 37;
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int MOST_JSON = 1 << 20;
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  Iperf3Control(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
  }

  /** 36 letters and a zero byte. */
  static byte[] newCookie() {
    SecureRandom random = new SecureRandom();
    byte[] cookie = new byte[COOKIE_BYTES];
    for (int i = 0; i < COOKIE_BYTES - 1; i++) {
      cookie[i] = (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
    }
    return cookie;
  }

  static byte[] readCookie(Socket socket) throws IOException {
    byte[] cookie = socket.getInputStream().readNBytes(COOKIE_BYTES);
    if (cookie.length < COOKIE_BYTES || cookie[COOKIE_BYTES - 1] != 0) {
      throw new Iperf3Exception("what connected is no iperf3: its first bytes are no cookie");
    }
    return cookie;
  }

  void cookie(byte[] cookie) throws IOException {
    out.write(cookie);
    out.flush();
  }

  synchronized void tell(Iperf3State state) throws IOException {
    out.writeByte(state.code);
    out.flush();
  }

  /** The next state, whatever it is. */
  Iperf3State hear() throws IOException {
    try {
      return Iperf3State.of(in.readByte());
    } catch (EOFException e) {
      throw new Iperf3Exception("the other end has closed the control connection");
    }
  }

  /** The next state, which must be this one. */
  void expect(Iperf3State wanted) throws IOException {
    Iperf3State heard = hear();
    if (heard != wanted) {
      throw new Iperf3Exception(
          switch (heard) {
            case ACCESS_DENIED -> "the server is busy with another test; try again later";
            case SERVER_TERMINATE -> "the server has terminated";
            case CLIENT_TERMINATE -> "the client has terminated";
            case SERVER_ERROR -> "the server reports an error, code " + in.readInt();
            default -> "expected the state " + wanted + " and heard " + heard;
          });
    }
  }

  void send(JsonNode json) throws IOException {
    byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
    out.flush();
  }

  JsonNode receive() throws IOException {
    try {
      int length = in.readInt();
      if (length < 0 || length > MOST_JSON) {
        throw new Iperf3Exception("the other end announces " + length + " bytes of JSON");
      }
      return MAPPER.readTree(in.readNBytes(length));
    } catch (JacksonException e) {
      throw new Iperf3Exception("the other end sent no JSON: " + e.getOriginalMessage());
    } catch (EOFException e) {
      throw new Iperf3Exception("the other end has closed the control connection");
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
