package io.hawser.workload.iperf3;

import java.io.IOException;

/** A test that could not be run, with the reason. */
public final class Iperf3Exception extends IOException {
  private static final long serialVersionUID = 1;

  public Iperf3Exception(String message) {
    super(message);
  }
}
