package io.hawser.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.event.Event;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {
  private static final long SEED = 20261123;

  @TempDir Path folder;

  @Test
  void everyKindOfEventComesBackAsItWas() throws Exception {
    Random random = new Random(SEED);
    List<Event> events = new ArrayList<>();
    for (int round = 0; round < 20; round++) {
      for (Class<?> kind : Event.class.getPermittedSubclasses()) {
        events.add((Event) any(kind, kind, random));
      }
    }
    Path file = folder.resolve(EventLog.FILE);
    try (EventLog log = new EventLog(file)) {
      events.forEach(log::accept);
    }
    assertThat(EventLog.read(file)).as("seed %d", SEED).isEqualTo(events);
    assertThat(Files.readAllLines(file)).hasSize(events.size());
  }

  @Test
  void manyThreadsLoseNothing() throws Exception {
    Path file = folder.resolve(EventLog.FILE);
    int threads = 8;
    int each = 5_000;
    try (EventLog log = new EventLog(file)) {
      List<Thread> running = new ArrayList<>();
      for (int number = 0; number < threads; number++) {
        String host = "host" + number;
        running.add(
            Thread.ofVirtual()
                .start(() -> {
                  for (int i = 0; i < each; i++) {
                    log.accept(new Event.CpuSample(i, host, i));
                  }
                }));
      }
      for (Thread thread : running) {
        thread.join();
      }
    }
    List<Event> read = EventLog.read(file);
    assertThat(read).hasSize(threads * each);
    for (int number = 0; number < threads; number++) {
      String host = "host" + number;
      assertThat(read.stream().filter(it -> ((Event.CpuSample) it).host().equals(host)))
          .extracting(Event::atNs)
          .isSorted()
          .hasSize(each);
    }
  }

  @Test
  void aFullDiskIsToldAtTheEndAndDisturbsNobodyBefore() {
    Writer full =
        new Writer() {
          private int room = 10_000;

          @Override
          public void write(char[] text, int from, int length) throws IOException {
            room -= length;
            if (room < 0) {
              throw new IOException("No space left on device");
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    EventLog log = new EventLog(folder.resolve("x"), new BufferedWriter(full, 512));
    for (int i = 0; i < 50_000; i++) {
      log.accept(new Event.Note(i, "a note of some length"));
    }
    assertThatThrownBy(log::close)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No space left on device")
        .hasMessageContaining("events were written")
        .hasMessageContaining("free some space");
    log.accept(new Event.Note(1, "after the end: taken and forgotten"));
  }

  @Test
  void rawSamplesAreNeverOverwritten() throws Exception {
    Path file = Files.writeString(folder.resolve(EventLog.FILE), "precious");
    assertThatThrownBy(() -> new EventLog(file)).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(file).hasContent("precious");
  }

  @Test
  void aLineOfAnEarlierVersionIsReadWithWhatItLacksEmpty() throws Exception {
    String line =
        "{\"event\":\"ConnectionSample\",\"atNs\":5,\"connection\":1,\"host\":\"client\","
            + "\"ackedBytes\":2,\"receivedBytes\":3,\"reinjectedBytes\":4,\"reorderBytes\":6}";
    assertThat(new EventCodec().event(line))
        .isEqualTo(new Event.ConnectionSample(5, 1, "client", 2, 3, 4, 6));
  }

  @Test
  void aKilledRunsLastLineIsSkippedAndAnotherBadLineIsNamed() throws Exception {
    String good = new EventCodec().line(new Event.Note(7, "fine"));
    String future = "{\"event\":\"SomethingNew\",\"atNs\":1}";
    Path cut = Files.writeString(folder.resolve("cut"), good + "\n" + future + "\n{\"event\":\"No");
    List<Event> events = new ArrayList<>();
    assertThat(EventLog.read(cut, events::add))
        .isEqualTo(new EventLog.Reading(1, 1, "the last line is cut off: the run was killed"));
    assertThat(events).containsExactly(new Event.Note(7, "fine"));
    Path bad = Files.writeString(folder.resolve("bad"), good + "\nnonsense\n" + good + "\n");
    assertThatThrownBy(() -> EventLog.read(bad))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 2: not an event");
  }

  private static Object any(Class<?> type, Type generic, Random random) throws Exception {
    if (type == long.class) {
      return random.nextLong();
    } else if (type == int.class) {
      return random.nextInt();
    } else if (type == double.class) {
      return random.nextDouble();
    } else if (type == boolean.class) {
      return random.nextBoolean();
    } else if (type == String.class) {
      String[] texts = {"", "a", "\"quoted\"\n\t\\", "한국어 \u0000", "<&>", "\ud83d\ude00"};
      return texts[random.nextInt(texts.length)];
    } else if (type == IpAddress.class) {
      return random.nextBoolean()
          ? IpAddress.v4(random.nextInt())
          : IpAddress.v6(random.nextLong(), random.nextLong());
    } else if (type == Endpoint.class) {
      IpAddress address = (IpAddress) any(IpAddress.class, IpAddress.class, random);
      return new Endpoint(address, random.nextInt(65536));
    } else if (type == List.class) {
      Class<?> element = (Class<?>) ((ParameterizedType) generic).getActualTypeArguments()[0];
      List<Object> list = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        list.add(any(element, element, random));
      }
      return list;
    }
    RecordComponent[] parts = type.getRecordComponents();
    Class<?>[] types = new Class<?>[parts.length];
    Object[] values = new Object[parts.length];
    for (int i = 0; i < parts.length; i++) {
      types[i] = parts[i].getType();
      values[i] = any(types[i], parts[i].getGenericType(), random);
    }
    return type.getConstructor(types).newInstance(values);
  }
}
