package io.hawser.core.cc;

/** NewReno (RFC 5681, RFC 6582) with appropriate byte counting (RFC 3465) and HyStart++. */
public final class NewReno extends RenoWindow {
  private int counted;

  @Override
  public String name() {
    return "reno";
  }

  @Override
  double increaseBytes(AckSample sample) {
    // RFC 3465 section 2.1: one segment more for each window of bytes acknowledged.
    counted += sample.ackedBytes;
    if (counted < cwndBytes()) {
      return 0;
    }
    counted -= cwndBytes();
    return mssBytes();
  }

  @Override
  void observeLoss() {
    counted = 0;
  }
}
