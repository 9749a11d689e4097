package io.drex.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;

class TaskResourcesTest {
  @Test
  void closesInReverseAndOnce() {
    List<String> closed = new ArrayList<>();
    TaskResources resources = new TaskResources();
    resources.add((AutoCloseable) () -> closed.add("first"));
    resources.add((AutoCloseable) () -> closed.add("second"));
    resources.closeAll();
    resources.closeAll();
    assertThat(closed).containsExactly("second", "first");
  }

  @Test
  void aFailureDoesNotKeepTheRestOpen() {
    List<String> closed = new ArrayList<>();
    TaskResources resources = new TaskResources();
    resources.add((AutoCloseable) () -> closed.add("first"));
    resources.add(
        (AutoCloseable)
            () -> {
              throw new java.io.IOException("disk full");
            });
    assertThatThrownBy(resources::closeAll).hasMessageContaining("cannot be closed: disk full");
    assertThat(closed).containsExactly("first");
  }

  @Test
  void arrowMemoryThatIsStillHeldIsAnError() {
    // Not closed: an allocator that has found a leak cannot be used or closed any more.
    BufferAllocator root = new RootAllocator();
    TaskResources resources = new TaskResources();
    BufferAllocator task = resources.add(root.newChildAllocator("task 7", 0, 1024));
    assertThat(task.buffer(64).capacity()).isEqualTo(64);
    assertThatThrownBy(resources::closeAll).hasMessageContaining("Memory was leaked");
  }
}
