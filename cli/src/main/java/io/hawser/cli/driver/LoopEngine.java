package io.hawser.cli.driver;

import io.hawser.core.Stack;
import io.hawser.socket.StackLoop;
import java.io.IOException;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/** The stack of a running loop. */
final class LoopEngine implements Engine {
  private final StackLoop loop;
  private final Stack stack;

  LoopEngine(StackLoop loop) throws IOException {
    this.loop = loop;
    this.stack = loop.call((s, nowNs) -> s);
  }

  @Override
  public Stack stack() {
    return stack;
  }

  @Override
  public void tell(LongConsumer command) {
    loop.submit((s, nowNs) -> command.accept(nowNs));
  }

  @Override
  public <T> T ask(LongFunction<T> question) {
    if (loop.isLoopThread()) {
      return question.apply(StackLoop.nowNs());
    }
    try {
      return loop.call((s, nowNs) -> question.apply(nowNs));
    } catch (IOException e) {
      throw new SocketError("ENETDOWN", String.valueOf(e.getMessage()));
    }
  }
}
