package io.hawser.core.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.Seeds;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimerTableTest {
  private enum Kind {
    A,
    B,
    C,
    D
  }

  @Test
  void fresh_hasNoDeadline() {
    TimerTable<Kind> table = new TimerTable<>(Kind.class);
    assertThat(table.nextNs()).isEqualTo(TimerTable.NEVER);
    assertThat(table.isSet(Kind.A)).isFalse();
    assertThat(table.expire(Kind.A, Long.MAX_VALUE - 1)).isFalse();
  }

  @Test
  void due_expiresOnce() {
    TimerTable<Kind> table = new TimerTable<>(Kind.class);
    table.set(Kind.B, 10);
    assertThat(table.expire(Kind.B, 9)).isFalse();
    assertThat(table.expire(Kind.B, 10)).isTrue();
    assertThat(table.expire(Kind.B, 10)).isFalse();
    assertThat(table.nextNs()).isEqualTo(TimerTable.NEVER);
  }

  @Test
  void randomOperations_nextIsTheLeast() {
    Seeds.each(
        50,
        random -> {
          TimerTable<Kind> table = new TimerTable<>(Kind.class);
          Map<Kind, Long> model = new EnumMap<>(Kind.class);
          for (int step = 0; step < 500; step++) {
            Kind kind = Kind.values()[random.nextInt(4)];
            long time = random.nextInt(20) - 10L;
            switch (random.nextInt(8)) {
              case 0 -> {
                table.clear(kind);
                model.remove(kind);
              }
              case 1 -> {
                Long due = model.get(kind);
                boolean expected = due != null && due <= time;
                assertThat(table.expire(kind, time)).isEqualTo(expected);
                if (expected) {
                  model.remove(kind);
                }
              }
              case 2 -> {
                if (random.nextInt(10) == 0) {
                  table.clearAll();
                  model.clear();
                }
              }
              default -> {
                table.set(kind, time);
                model.put(kind, time);
              }
            }
            if (random.nextBoolean()) {
              long least =
                  model.values().stream().mapToLong(Long::longValue).min().orElse(TimerTable.NEVER);
              assertThat(table.nextNs()).isEqualTo(least);
            }
            assertThat(table.isSet(kind)).isEqualTo(model.containsKey(kind));
            assertThat(table.deadlineNs(kind))
                .isEqualTo(model.getOrDefault(kind, TimerTable.NEVER));
          }
        });
  }
}
