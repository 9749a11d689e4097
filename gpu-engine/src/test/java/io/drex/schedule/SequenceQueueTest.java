package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SequenceQueueTest {
  private final SequenceQueue queue = new SequenceQueue("test");
  private final Sequence a = sequence();
  private final Sequence b = sequence();
  private final Sequence c = sequence();

  @Test
  void isFirstInFirstOut() {
    queue.add(b);
    queue.add(c);
    queue.addFirst(a);
    assertThat(queue.size()).isEqualTo(3);
    assertThat(queue.poll()).isSameAs(a);
    assertThat(queue.poll()).isSameAs(b);
    assertThat(queue.poll()).isSameAs(c);
    assertThat(queue.poll()).isNull();
  }

  @Test
  void losesAnyMemberAndKeepsTheOrderOfTheOthers() {
    for (Sequence gone : new Sequence[] {a, b, c}) {
      queue.add(a);
      queue.add(b);
      queue.add(c);
      queue.remove(gone);
      Sequence[] left = {queue.poll(), queue.poll()};
      assertThat(left).containsExactly(gone == a ? b : a, gone == c ? b : c);
      assertThat(queue.isEmpty()).isTrue();
    }
  }

  @Test
  void refusesASequenceThatIsInAnotherQueue() {
    queue.add(a);
    SequenceQueue other = new SequenceQueue("other");
    assertThatThrownBy(() -> other.add(a))
        .hasMessage("a sequence cannot enter the queue other from within test");
    assertThatThrownBy(() -> other.remove(a))
        .hasMessage("a sequence to be removed is not in the queue other");
  }

  private static Sequence sequence() {
    return new Sequence(new int[1], 1, 0, Deaf.LISTENER);
  }
}
