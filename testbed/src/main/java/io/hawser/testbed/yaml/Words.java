package io.hawser.testbed.yaml;

import java.util.Collection;

/** Suggestions for mistyped words. */
final class Words {
  private Words() {}

  /** {@code , did you mean 'x'?} or nothing. */
  static String nearest(String typed, Collection<String> known) {
    String best = "";
    int least = Math.max(1, typed.length() / 3) + 1;
    for (String word : known) {
      int distance = distance(typed, word);
      if (distance < least) {
        least = distance;
        best = word;
      }
    }
    return best.isEmpty() ? "" : " (did you mean '" + best + "'?)";
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
