package io.hawser.proof.world;

import io.hawser.sim.Direction;
import io.hawser.sim.MssClamp;
import io.hawser.sim.Path;
import io.hawser.sim.SegmentCoalescer;
import io.hawser.sim.SegmentSplitter;
import io.hawser.sim.SequenceRewriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Middleboxes of a world that rewrite sequence numbers, clamp the MSS, cut segments and join them.
 * Joined segments lose mappings and so kill subflows: that happens on path 1 alone.
 */
final class Reshaping {
  private final World world;
  private final SplittableRandom random;
  private final List<SegmentCoalescer> coalescers = new ArrayList<>(0);
  private final List<SegmentSplitter> splitters = new ArrayList<>(0);

  Reshaping(World world, SplittableRandom random) {
    this.world = world;
    this.random = random;
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  void plan() {
    for (int i = 0; i < 2; i++) {
      Path path = world.paths[i];
      if (oneIn(8)) {
        path.middlebox(new SequenceRewriter(random.nextInt()));
        tell(path, "rewrites");
      }
      if (oneIn(8)) {
        int bytes = random.nextInt(300, 1400);
        path.middlebox(new MssClamp(bytes));
        tell(path, "clamps to " + bytes);
      }
      if (oneIn(8)) {
        int bytes = random.nextInt(200, 1200);
        SegmentSplitter splitter = new SegmentSplitter(bytes);
        splitters.add(splitter);
        path.middlebox(splitter);
        tell(path, "splits at " + bytes);
      } else if (i == 1 && oneIn(8)) {
        Direction way = random.nextBoolean() ? Direction.A_TO_B : Direction.B_TO_A;
        SegmentCoalescer coalescer = new SegmentCoalescer(way, random.nextInt(600, 1501));
        coalescers.add(coalescer);
        path.middlebox(coalescer);
        tell(path, "joins " + way);
      }
    }
  }

  private void tell(Path path, String what) {
    world.tell(path.name() + " " + what);
    world.kind("reshaping", true);
  }

  /** What came of it; gives back what is held. */
  void end(EventCounts counts) {
    for (SegmentCoalescer one : coalescers) {
      one.release();
      if (one.joined() > 0) {
        counts.happened("segments joined");
      }
    }
    if (splitters.stream().anyMatch(one -> one.splits() > 0)) {
      counts.happened("segments split");
    }
  }
}
