package io.hawser.report;

import io.hawser.event.Event;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** Writes a run's samples as tables (RFC 4180); units stand in the names of columns. */
final class CsvWriter {
  private final Recording run;

  CsvWriter(Recording run) {
    this.run = run;
  }

  /** Writes all tables into a folder. */
  void write(Path folder) throws IOException {
    links(folder.resolve("links.csv"));
    subflows(folder.resolve("subflows.csv"));
    transfers(folder.resolve("transfers.csv"));
    delays(folder.resolve("delays.csv"));
  }

  private void links(Path file) throws IOException {
    List<Event.LinkSample> samples =
        run.links.values().stream()
            .flatMap(List::stream)
            .sorted(Comparator.comparingLong(Event::atNs))
            .toList();
    try (Table table =
        new Table(
            file,
            "time_s,link,forth_bytes,back_bytes,forth_packets,back_packets,forth_drops,back_drops,"
                + "forth_queue_bytes,back_queue_bytes")) {
      for (Event.LinkSample it : samples) {
        table.row(
            time(it),
            it.link(),
            it.forthBytes(),
            it.backBytes(),
            it.forthPackets(),
            it.backPackets(),
            it.forthDrops(),
            it.backDrops(),
            it.forthQueueBytes(),
            it.backQueueBytes());
      }
    }
  }

  private void subflows(Path file) throws IOException {
    List<Event.SubflowSample> samples =
        run.subflows.values().stream()
            .flatMap(List::stream)
            .sorted(Comparator.comparingLong(Event::atNs))
            .toList();
    try (Table table =
        new Table(
            file,
            "time_s,connection,host,subflow,link,local,remote,state,backup,sent_bytes,"
                + "received_bytes,srtt_ms,cwnd_bytes,in_flight_bytes,retransmitted_segments")) {
      for (Event.SubflowSample it : samples) {
        table.row(
            time(it),
            it.connection(),
            it.host(),
            it.subflow(),
            it.link(),
            it.local(),
            it.remote(),
            it.state(),
            it.backup(),
            it.sentBytes(),
            it.receivedBytes(),
            decimals(it.smoothedRttNs(), 6),
            it.cwndBytes(),
            it.inFlightBytes(),
            it.retransmittedSegments());
      }
    }
  }

  private void transfers(Path file) throws IOException {
    List<Event.TransferSample> samples =
        run.transfers.values().stream()
            .flatMap(transfer -> transfer.samples.stream())
            .sorted(Comparator.comparingLong(Event::atNs))
            .toList();
    try (Table table = new Table(file, "time_s,transfer,received_bytes")) {
      for (Event.TransferSample it : samples) {
        table.row(time(it), it.transfer(), it.bytes());
      }
    }
  }

  private void delays(Path file) throws IOException {
    List<Event.MessageDelay> samples =
        run.transfers.values().stream()
            .flatMap(transfer -> transfer.delays.stream())
            .sorted(Comparator.comparingLong(Event::atNs))
            .toList();
    try (Table table = new Table(file, "time_s,transfer,delay_ms")) {
      for (Event.MessageDelay it : samples) {
        table.row(time(it), it.transfer(), decimals(it.delayNs(), 6));
      }
    }
  }

  /** Seconds since the run began. */
  private String time(Event event) {
    return decimals(event.atNs() - run.beginNs(), 9);
  }

  private static String decimals(long value, int places) {
    return java.math.BigDecimal.valueOf(value, places).stripTrailingZeros().toPlainString();
  }

  /** One file. */
  private static final class Table implements AutoCloseable {
    private final BufferedWriter writer;

    Table(Path file, String heads) throws IOException {
      writer = Files.newBufferedWriter(file);
      writer.write(heads);
      writer.write("\r\n");
    }

    void row(Object... values) throws IOException {
      for (int i = 0; i < values.length; i++) {
        if (i > 0) {
          writer.write(',');
        }
        writer.write(cell(values[i].toString()));
      }
      writer.write("\r\n");
    }

    private static String cell(String text) {
      boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
      return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    @Override
    public void close() throws IOException {
      writer.close();
    }
  }
}
