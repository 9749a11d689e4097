package io.drex.schedule;

import io.drex.device.CacheGeometry;
import java.util.Arrays;

/**
 * Full blocks of prompts that several sequences read: a tree in which a node is one block's tokens
 * after those of its parents, with one KV block in every segment, since prompts run all layers. A
 * node is made once its block was computed, and never written again. It counts its users, and a
 * user of a node uses its parents. A node without users stays until its blocks are needed; the ones
 * out of use for longest go first, children before their parents. Allocates nothing after it is
 * made. Owned by the scheduler's thread.
 */
final class PrefixBlocks {
  /** No node; the parent of a prompt's first block. */
  static final int NONE = -1;

  private final CacheGeometry cache;
  private final IdPool ids;
  private final int[] parent; // [node], as are the next ones
  private final int[] users;
  private final int[] tokens; // [node][offset]
  private final int[][] blocks; // [segment][node]
  private final int[] bucketOf;
  private final int[] nextInBucket;
  private final int[] firstInBucket; // [bucket]
  private final int[] olderUnused; // [node], as is the next; the list of nodes without users
  private final int[] newerUnused;
  private int oldestUnused = NONE;
  private int newestUnused = NONE;
  private int used;

  PrefixBlocks(CacheGeometry cache) {
    this.cache = cache;
    int nodes = cache.leastBlocks();
    ids = new IdPool("prefix block", nodes);
    parent = new int[nodes];
    users = new int[nodes];
    tokens = new int[nodes * cache.blockTokens()];
    blocks = new int[cache.segments()][nodes];
    bucketOf = new int[nodes];
    nextInBucket = new int[nodes];
    firstInBucket = new int[Integer.highestOneBit(2 * nodes)];
    Arrays.fill(firstInBucket, NONE);
    olderUnused = new int[nodes];
    newerUnused = new int[nodes];
  }

  /** Nodes that sequences use. */
  int used() {
    return used;
  }

  /** Nodes that nobody uses; each frees a block in every segment. */
  int unused() {
    return ids.taken() - used;
  }

  int users(int node) {
    return users[node];
  }

  int block(int segment, int node) {
    return blocks[segment][node];
  }

  /** The node that holds a block of a prompt after a parent's, or {@link #NONE}. */
  int find(int parentNode, int[] prompt, int from) {
    int node = firstInBucket[bucket(parentNode, prompt, from)];
    while (node != NONE && !(parent[node] == parentNode && holds(node, prompt, from))) {
      node = nextInBucket[node];
    }
    return node;
  }

  /** Makes a node, with one user, of a block that has been computed and is not in the tree. */
  int add(int parentNode, Sequence owner, int block) {
    int node = ids.take();
    int from = block * cache.blockTokens();
    parent[node] = parentNode;
    System.arraycopy(owner.prompt, from, tokens, node * cache.blockTokens(), cache.blockTokens());
    for (int s = 0; s < blocks.length; s++) {
      blocks[s][node] = owner.blocks[s][block];
    }
    int bucket = bucket(parentNode, owner.prompt, from);
    bucketOf[node] = bucket;
    nextInBucket[node] = firstInBucket[bucket];
    firstInBucket[bucket] = node;
    users[node] = 1;
    used++;
    return node;
  }

  /** Adds a user. */
  void use(int node) {
    if (users[node]++ == 0) {
      unlinkUnused(node);
      used++;
    }
  }

  /** Takes a user away; a sequence leaves its nodes from the last to the first. */
  void leave(int node) {
    if (--users[node] == 0) {
      used--;
      olderUnused[node] = newestUnused;
      newerUnused[node] = NONE;
      if (newestUnused == NONE) {
        oldestUnused = node;
      } else {
        newerUnused[newestUnused] = node;
      }
      newestUnused = node;
    }
  }

  /** Drops the node that has been out of use for longest, and gives its blocks back. */
  void evict(IdPool[] pools) {
    int node = oldestUnused;
    unlinkUnused(node);
    int bucket = bucketOf[node];
    if (firstInBucket[bucket] == node) {
      firstInBucket[bucket] = nextInBucket[node];
    } else {
      int before = firstInBucket[bucket];
      while (nextInBucket[before] != node) {
        before = nextInBucket[before];
      }
      nextInBucket[before] = nextInBucket[node];
    }
    for (int s = 0; s < pools.length; s++) {
      pools[s].give(blocks[s][node]);
    }
    ids.give(node);
  }

  private void unlinkUnused(int node) {
    int older = olderUnused[node];
    int newer = newerUnused[node];
    if (older == NONE) {
      oldestUnused = newer;
    } else {
      newerUnused[older] = newer;
    }
    if (newer == NONE) {
      newestUnused = older;
    } else {
      olderUnused[newer] = older;
    }
  }

  private boolean holds(int node, int[] prompt, int from) {
    int at = node * cache.blockTokens();
    return Arrays.equals(
        tokens, at, at + cache.blockTokens(), prompt, from, from + cache.blockTokens());
  }

  private int bucket(int parentNode, int[] prompt, int from) {
    int hash = parentNode;
    for (int i = 0; i < cache.blockTokens(); i++) {
      hash = 31 * hash + prompt[from + i];
    }
    hash *= 0x9e3779b9; // spreads what differs in low bits
    return (hash ^ (hash >>> 16)) & (firstInBucket.length - 1);
  }
}
