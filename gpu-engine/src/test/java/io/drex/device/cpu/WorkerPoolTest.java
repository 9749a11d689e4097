package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.DeviceException;
import io.drex.device.DeviceLostException;
import io.drex.device.DeviceOutOfMemoryException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void everyWorkerRunsEveryRegionOnce(int threads) {
    AtomicIntegerArray runs = new AtomicIntegerArray(threads);
    try (WorkerPool pool = WorkerPool.start(threads)) {
      for (int region = 1; region <= 2_000; region++) {
        pool.run(
            (worker, workers) -> {
              assertThat(workers).isEqualTo(threads);
              runs.incrementAndGet(worker);
            });
        for (int worker = 0; worker < threads; worker++) {
          assertThat(runs.get(worker)).isEqualTo(region);
        }
      }
    }
  }

  @Test
  void sharesAreContiguousAndCoverAllItems() {
    for (int items : new int[] {0, 1, 5, 7, 64, Integer.MAX_VALUE}) {
      assertThat(WorkerPool.share(items, 0, 7)).isZero();
      assertThat(WorkerPool.share(items, 7, 7)).isEqualTo(items);
      for (int worker = 0; worker < 7; worker++) {
        int from = WorkerPool.share(items, worker, 7);
        assertThat(from).isLessThanOrEqualTo(WorkerPool.share(items, worker + 1, 7));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void anExceptionReachesTheCallerAndThePoolLivesOn(int failing) {
    try (WorkerPool pool = WorkerPool.start(3)) {
      assertThatThrownBy(
              () ->
                  pool.run(
                      (worker, workers) -> {
                        if (worker == failing) {
                          throw new IndexOutOfBoundsException("cell 7");
                        }
                      }))
          .isInstanceOf(DeviceException.class)
          .isNotInstanceOf(DeviceLostException.class)
          .hasMessageContaining("cell 7")
          .hasCauseInstanceOf(IndexOutOfBoundsException.class);
      Set<Integer> seen = ConcurrentHashMap.newKeySet();
      pool.run((worker, workers) -> seen.add(worker));
      assertThat(seen).containsExactlyInAnyOrder(0, 1, 2);
    }
  }

  @Test
  void anErrorMeansThatTheDeviceIsLost() {
    try (WorkerPool pool = WorkerPool.start(2)) {
      assertThatThrownBy(
              () ->
                  pool.run(
                      (worker, workers) -> {
                        throw new StackOverflowError("deep");
                      }))
          .isInstanceOf(DeviceLostException.class)
          .hasMessageContaining("deep");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aFullHeapMeansThatACallWasTooLarge(int failing) {
    try (WorkerPool pool = WorkerPool.start(2)) {
      assertThatThrownBy(
              () ->
                  pool.run(
                      (worker, workers) -> {
                        if (worker == failing) {
                          throw new OutOfMemoryError("Java heap space");
                        }
                      }))
          .isInstanceOf(DeviceOutOfMemoryException.class)
          .hasMessage("the Java heap is full: Java heap space");
    }
  }

  @Test
  void closingEndsTheThreads() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    WorkerPool pool = WorkerPool.start(3);
    pool.run((worker, workers) -> threads.add(Thread.currentThread()));
    pool.close();
    threads.remove(Thread.currentThread());
    assertThat(threads).hasSize(2).noneMatch(Thread::isAlive);
    assertThatThrownBy(() -> pool.run((worker, workers) -> {}))
        .isInstanceOf(DeviceLostException.class)
        .hasMessage("the CPU model is closed");
    pool.close();
  }
}
