package io.hawser.testbed.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The grid's cells, its bounds, and one cell measured; `hawser bench grid` measures all. */
@Timeout(120)
class GoodputGridTest {

  @Test
  void all_isEveryRttLossAndNumberOfPaths() {
    assertThat(GridPlace.all()).hasSize(24).doesNotHaveDuplicates();
  }

  @Test
  void matching_namesAndStars_findsTheCells() {
    assertThat(GridPlace.matching("50/0.1/2")).containsExactly(new GridPlace(50, 0.1, 2));
    assertThat(GridPlace.matching("200/*/1")).hasSize(4).allMatch(p -> p.rttMs() == 200);
    assertThat(GridPlace.matching("*/*/*")).hasSize(24);
  }

  @Test
  void matching_whatIsNotThere_saysWhatIs() {
    for (String text : List.of("9/0/1", "10/0", "", "10/0/1/1")) {
      assertThatThrownBy(() -> GridPlace.matching(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("RTT/loss/paths");
    }
  }

  @Test
  void marks_slowCellOrBrokenRun_fails() {
    GoodputGrid.Cell good = cell(10, 9, 10, 11);
    GoodputGrid.Cell slow = cell(20, 8, 9, 10);
    GoodputGrid.Cell broken = cell(10, 10, 10, 0);
    assertThat(GoodputGrid.marks(List.of(good))).allMatch(Mark::holds);
    assertThat(GoodputGrid.marks(List.of(good, good, slow)).get(0).holds()).isTrue();
    assertThat(GoodputGrid.marks(List.of(good, good, slow)).get(1).holds()).isFalse();
    assertThat(GoodputGrid.marks(List.of(good, broken)).get(2).holds()).isFalse();
  }

  private static GoodputGrid.Cell cell(double kernel, double... hawser) {
    List<Double> runs = DoubleStream.of(hawser).boxed().toList();
    return new GoodputGrid.Cell(new GridPlace(10, 0, 1), List.of(kernel), runs);
  }

  @Test
  void run_fastPathWithoutLoss_bothStacksFillIt() throws IOException {
    GoodputGrid grid = new GoodputGrid(1, 0.5, System.out::println);
    List<GoodputGrid.Cell> cells = grid.run(GridPlace.matching("10/0/2"));
    System.out.println(grid.page(cells));
    assertThat(cells.getFirst().broken()).isZero();
    assertThat(cells.getFirst().kernel().getFirst()).isGreaterThan(5);
    assertThat(cells.getFirst().hawser().getFirst()).isGreaterThan(5);
    assertThat(grid.page(cells)).contains("| 10 | 0 | 2 |").contains("lowest cell");
  }
}
