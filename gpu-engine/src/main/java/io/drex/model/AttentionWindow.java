package io.drex.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.TreeSet;

/**
 * Refuses models whose attention sees only a window of positions that is shorter than their longest
 * sequence. A window at least that long sees everything, as our attention does.
 */
final class AttentionWindow {
  private static final String WINDOW = "sliding_window";
  private static final String SWITCH = "use_sliding_window";
  private static final String POSITIONS = "max_position_embeddings";
  private static final String LAYERS = "layer_types";
  private static final String FULL = "full_attention";
  private static final String SLIDING = "sliding_attention";

  private static final int NONE = 0;

  private AttentionWindow() {}

  /**
   * Notes a window that matters as wrong.
   *
   * @param positions the longest sequence
   */
  static void check(KeyReader keys, ModelFamily.WindowRule rule, int positions) {
    int window = window(keys, rule);
    if (window != NONE && keys.sound(POSITIONS) && window < positions) {
      String what = keys.has(WINDOW) ? "" : "absent, which means ";
      keys.wrong(
          WINDOW,
          what
              + window
              + " is less than "
              + POSITIONS
              + " "
              + positions
              + ", and attention over a window is not supported; in a copy of the model set "
              + POSITIONS
              + " to "
              + window
              + " to run sequences up to that length");
    }
    checkLayers(keys, window);
  }

  private static int window(KeyReader keys, ModelFamily.WindowRule rule) {
    return switch (rule) {
      case SET_BY_NUMBER -> number(keys);
      case SET_UNLESS_NULL -> numberOrDefault(keys);
      case SWITCHED -> keys.flag(SWITCH, false) ? numberOrDefault(keys) : NONE;
    };
  }

  private static int numberOrDefault(KeyReader keys) {
    return keys.has(WINDOW) ? number(keys) : ModelFamily.DEFAULT_WINDOW;
  }

  private static int number(KeyReader keys) {
    int window = keys.integer(WINDOW, 1, Integer.MAX_VALUE, NONE);
    return keys.sound(WINDOW) ? window : NONE;
  }

  // Layers with a window are as good as others where the window passed the check above.
  private static void checkLayers(KeyReader keys, int window) {
    JsonNode layers = keys.value(LAYERS);
    if (layers == null) {
      return;
    }
    TreeSet<String> others = new TreeSet<>();
    for (JsonNode layer : layers.isArray() ? layers : List.of(layers)) {
      String kind = layer.asText();
      if (!kind.equals(FULL) && !(kind.equals(SLIDING) && window != NONE)) {
        others.add(layer.toString());
      }
    }
    if (!others.isEmpty()) {
      keys.wrong(LAYERS, String.join(", ", others) + " is not supported; only \"" + FULL + "\"");
    }
  }
}
