package io.hawser.event;

import java.util.function.Consumer;

/** Who listens to events. Called on the engine's thread: return soon, and never throw. */
public interface EventSink {

  /** Listens to nothing; no event is built for it. */
  EventSink NONE =
      new EventSink() {
        @Override
        public boolean wants(Class<? extends Event> kind) {
          return false;
        }

        @Override
        public void accept(Event event) {}
      };

  /** Listens to everything. */
  static EventSink all(Consumer<? super Event> listener) {
    return new EventSink() {
      @Override
      public boolean wants(Class<? extends Event> kind) {
        return true;
      }

      @Override
      public void accept(Event event) {
        listener.accept(event);
      }
    };
  }

  /** Whether events of this kind should be built at all. */
  boolean wants(Class<? extends Event> kind);

  /** One event of a wanted kind. */
  void accept(Event event);
}
