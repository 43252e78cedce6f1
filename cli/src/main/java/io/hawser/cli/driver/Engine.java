package io.hawser.cli.driver;

import io.hawser.core.Stack;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/** The stack's own thread, to which everything is handed over that only it may do. */
interface Engine {
  Stack stack();

  /** Has something done soon; its argument is the time. */
  void tell(LongConsumer command);

  /** Has something done and waits for its result. */
  <T> T ask(LongFunction<T> question);
}
