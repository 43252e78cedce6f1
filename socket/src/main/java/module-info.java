/** What a Java program calls. */
module io.hawser.socket {
  requires static org.jspecify;
  requires transitive io.hawser.core;
  requires transitive io.hawser.linux;

  exports io.hawser.socket;
}
