package io.hawser.testbed.daemon;

/**
 * One line from a client. Fields that an action does not need are empty.
 *
 * @param action {@code status}, {@code change}, {@code mptcp}, {@code subscribe}, {@code start},
 *     {@code stop} or {@code down}
 * @param subject the link, or the scenario
 * @param words the change, {@code on|off|show}, or the stack
 */
record ControlRequest(String action, String subject, String words) {}
