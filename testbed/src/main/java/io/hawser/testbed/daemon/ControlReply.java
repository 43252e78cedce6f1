package io.hawser.testbed.daemon;

import org.jspecify.annotations.Nullable;

/**
 * One line back.
 *
 * @param error empty if all is well, else a message for the person
 * @param text what is to be printed, if anything
 */
record ControlReply(String error, String text, @Nullable TestbedState state) {
  static ControlReply text(String text) {
    return new ControlReply("", text, null);
  }

  static ControlReply error(String error) {
    return new ControlReply(error, "", null);
  }
}
