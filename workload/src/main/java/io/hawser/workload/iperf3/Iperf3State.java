package io.hawser.workload.iperf3;

/** The states that the two ends tell each other, one byte each. */
enum Iperf3State {
  TEST_START(1),
  TEST_RUNNING(2),
  TEST_END(4),
  PARAM_EXCHANGE(9),
  CREATE_STREAMS(10),
  SERVER_TERMINATE(11),
  CLIENT_TERMINATE(12),
  EXCHANGE_RESULTS(13),
  DISPLAY_RESULTS(14),
  IPERF_START(15),
  IPERF_DONE(16),
  ACCESS_DENIED(-1),
  SERVER_ERROR(-2);

  final byte code;

  Iperf3State(int code) {
    this.code = (byte) code;
  }

  static Iperf3State of(byte code) throws Iperf3Exception {
    for (Iperf3State state : values()) {
      if (state.code == code) {
        return state;
      }
    }
    throw new Iperf3Exception("the other end told an unknown state, " + code + "; is it iperf3?");
  }
}
