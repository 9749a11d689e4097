package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WaitingTest {
  private static final Comparator<Sequence> RANK =
      Comparator.<Sequence>comparingInt(s -> s.priority).thenComparingLong(Sequence::work);

  @Test
  void knowsTheFirstAndTheOldestWhoeverLeaves() {
    Random random = new Random(5);
    Waiting waiting = new Waiting();
    List<Sequence> oracle = new ArrayList<>(); // by arrival
    for (int step = 0; step < 20_000; step++) {
      if (oracle.isEmpty() || random.nextInt(100) < (step < 10_000 ? 60 : 45)) {
        int[] prompt = new int[1 + random.nextInt(50)];
        Sequence sequence = new Sequence(prompt, 1 + random.nextInt(50), 0, Deaf.LISTENER);
        sequence.prioritize(random.nextInt(3) - 1);
        waiting.add(sequence);
        oracle.add(sequence);
      } else {
        Sequence gone =
            switch (random.nextInt(3)) {
              case 0 -> Objects.requireNonNull(waiting.first());
              case 1 -> Objects.requireNonNull(waiting.oldest());
              default -> oracle.get(random.nextInt(oracle.size()));
            };
        waiting.remove(gone);
        assertThat(waiting.contains(gone)).isFalse();
        oracle.remove(gone);
      }
      assertThat(waiting.size()).isEqualTo(oracle.size());
      if (oracle.isEmpty()) {
        assertThat(waiting.oldest()).isNull();
        assertThat(waiting.first()).isNull();
      } else {
        Sequence first = oracle.stream().max(RANK).orElseThrow();
        assertThat(waiting.oldest()).isSameAs(oracle.get(0));
        assertThat(Objects.requireNonNull(waiting.first())).usingComparator(RANK).isEqualTo(first);
      }
    }
  }

  @Test
  void givesTheLongestFirst() {
    Random random = new Random(6);
    Waiting waiting = new Waiting();
    List<Long> work = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      Sequence sequence = new Sequence(new int[1 + random.nextInt(90)], 7, 0, Deaf.LISTENER);
      waiting.add(sequence);
      work.add(sequence.work());
    }
    work.sort(Comparator.reverseOrder());
    List<Long> given = new ArrayList<>();
    for (Sequence longest; (longest = waiting.first()) != null; ) {
      given.add(longest.work());
      waiting.remove(longest);
    }
    assertThat(given).isEqualTo(work);
  }

  @Test
  void aSequenceWithoutALimitOfItsOwnIsTheLongest() {
    Sequence endless = new Sequence(new int[9], Integer.MAX_VALUE, 0, Deaf.LISTENER);
    Waiting waiting = new Waiting();
    waiting.add(new Sequence(new int[9], 500, 0, Deaf.LISTENER));
    waiting.add(endless);
    assertThat(waiting.first()).isSameAs(endless);
  }
}
