package io.drex.schedule;

import io.drex.device.CacheGeometry;
import io.drex.device.PrefixSharing;
import java.util.Arrays;

/**
 * Which blocks of a sequence's prompt are shared with others: its first {@code sharedBlocks}, which
 * it found computed, or computed first. A row's results depend on its own positions only, so
 * sharing changes none. Owned by the scheduler's thread.
 */
final class Prefixes {
  private final CacheGeometry cache;
  private final boolean isOn;
  private final PrefixBlocks tree;

  Prefixes(Limits limits) {
    cache = limits.cache();
    isOn = limits.kvUse().sharing() == PrefixSharing.ON;
    tree = new PrefixBlocks(isOn ? cache : new CacheGeometry(cache.segments(), 1, 1));
  }

  PrefixBlocks tree() {
    return tree;
  }

  /** Makes room for the names of a sequence's shared blocks; at admission. */
  void admit(Sequence s) {
    if (isOn && s.prefixNodes.length == 0) {
      s.prefixNodes = new int[s.prompt.length / cache.blockTokens()];
    }
  }

  /**
   * Uses the next block of a prompt if it has been computed, and if the prompt's end still runs.
   */
  boolean findNext(Sequence s) {
    int from = s.sharedBlocks * cache.blockTokens();
    if (!isOn || from + cache.blockTokens() >= s.prompt.length) {
      return false;
    }
    int node = tree.find(lastNode(s), s.prompt, from);
    if (node == PrefixBlocks.NONE) {
      return false;
    }
    tree.use(node);
    s.prefixNodes[s.sharedBlocks++] = node;
    return true;
  }

  /**
   * Shares the next block that a sequence computed.
   *
   * @return whether there is one; from a block on that another computed at the same time, a
   *     sequence keeps its own
   */
  boolean shareNext(Sequence s) {
    int from = s.sharedBlocks * cache.blockTokens();
    int computed = Math.min(s.prefilled, s.prompt.length);
    if (!isOn || from + cache.blockTokens() > computed || s.keepsItsOwn) {
      return false;
    }
    int parent = lastNode(s);
    s.keepsItsOwn = tree.find(parent, s.prompt, from) != PrefixBlocks.NONE;
    if (!s.keepsItsOwn) {
      s.prefixNodes[s.sharedBlocks] = tree.add(parent, s, s.sharedBlocks);
      s.sharedBlocks++;
    }
    return !s.keepsItsOwn;
  }

  /** Whether the next block of a prompt is on its way in a chunk, as a block of another member. */
  boolean isOnItsWay(Sequence s, SequenceQueue members) {
    int from = s.sharedBlocks * cache.blockTokens();
    if (!isOn || s.prefilled != from || from + cache.blockTokens() >= s.prompt.length) {
      return false;
    }
    for (Sequence m = members.peek(); m != null; m = m.next) {
      if (m.sharedBlocks == s.sharedBlocks
          && !m.keepsItsOwn
          && lastNode(m) == lastNode(s)
          && nextBlockEquals(m, s, from)) {
        return true;
      }
    }
    return false;
  }

  /** Ends a sequence's use of its shared blocks. */
  void leave(Sequence s) {
    while (s.sharedBlocks > 0) {
      tree.leave(s.prefixNodes[--s.sharedBlocks]);
    }
    s.keepsItsOwn = false;
  }

  private boolean nextBlockEquals(Sequence m, Sequence s, int from) {
    int to = from + cache.blockTokens();
    return m.prompt.length >= to && Arrays.equals(m.prompt, from, to, s.prompt, from, to);
  }

  private static int lastNode(Sequence s) {
    return s.sharedBlocks == 0 ? PrefixBlocks.NONE : s.prefixNodes[s.sharedBlocks - 1];
  }
}
