package io.drex.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FlushPolicyTest {
  private static final FlushPolicy FLUSH = new FlushPolicy.Fixed(4, 10);
  private static final int LIVE = 16;

  @Test
  void hasNothingToServeWhenAllQueuesAreEmpty() {
    assertThat(FLUSH.next(queued(0, 0, 0), ages(0, 0, 0), 0)).isEqualTo(FlushPolicy.NOTHING);
  }

  @Test
  void runsReadyRowsWhileBuffersAreSmall() {
    assertThat(FLUSH.next(queued(1, 3, 3), ages(0, 9, 9), LIVE)).isZero();
  }

  @Test
  void flushesABufferThatHoldsEnoughRows() {
    assertThat(FLUSH.next(queued(9, 4, 0), ages(0, 0, 0), LIVE)).isEqualTo(1);
  }

  @Test
  void flushesTheDeepestOfSeveralFullBuffers() {
    assertThat(FLUSH.next(queued(9, 8, 4), ages(0, 5, 0), LIVE)).isEqualTo(2);
  }

  @Test
  void allLiveSequencesAreEnough() {
    assertThat(FLUSH.next(queued(0, 3, 0), ages(0, 0, 0), 3)).isEqualTo(1);
    assertThat(FLUSH.next(queued(1, 2, 0), ages(0, 0, 0), 3)).isZero();
  }

  @Test
  void neverServesAnEmptyBuffer() {
    assertThat(FLUSH.next(queued(1, 0, 0), ages(0, 99, 99), 0)).isZero();
  }

  @Test
  void servesAnOverdueBufferFirst() {
    assertThat(FLUSH.next(queued(9, 1, 8), ages(0, 10, 9), LIVE)).isEqualTo(1);
  }

  @Test
  void servesTheLongestOverdueOfSeveral() {
    assertThat(FLUSH.next(queued(9, 1, 1), ages(0, 12, 11), LIVE)).isEqualTo(1);
  }

  @Test
  void servesTheDeepestOfEquallyOverdueBuffers() {
    assertThat(FLUSH.next(queued(9, 1, 1), ages(0, 11, 11), LIVE)).isEqualTo(2);
  }

  @Test
  void readyRowsAreNeverOverdue() {
    assertThat(FLUSH.next(queued(1, 4, 0), ages(99, 0, 0), LIVE)).isEqualTo(1);
  }

  @Test
  void servesTheFullestBufferWhenNothingElseCanRun() {
    assertThat(FLUSH.next(queued(0, 2, 1), ages(0, 0, 0), LIVE)).isEqualTo(1);
    assertThat(FLUSH.next(queued(0, 2, 2), ages(0, 0, 0), LIVE)).isEqualTo(2);
  }

  @Test
  void rowsCountForMoreTheOlderTheyAre() {
    FlushPolicy aging = new FlushPolicy.Fixed(8, new Patience(100, .25));
    assertThat(aging.next(queued(9, 4), ages(0, 3), LIVE)).isZero();
    assertThat(aging.next(queued(9, 4), ages(0, 4), LIVE)).isEqualTo(1);
    assertThat(aging.next(queued(9, 1), ages(0, 27), LIVE)).isZero();
    assertThat(aging.next(queued(9, 1), ages(0, 28), LIVE)).isEqualTo(1);
    FlushPolicy planned =
        new FlushPolicy.Planned(FlushTable.constant(LIVE, 8), new Patience(100, .25));
    assertThat(planned.next(queued(9, 4), ages(0, 3), LIVE)).isZero();
    assertThat(planned.next(queued(9, 4), ages(0, 4), LIVE)).isEqualTo(1);
  }

  @Test
  void artFlushesAFullBatchByAgeOrEnoughRowsAtAnyAge() {
    FlushPolicy art = new FlushPolicy.Art(8, 6, new Patience(100, .5));
    assertThat(art.next(queued(9, 6), ages(0, 0), LIVE)).isEqualTo(1);
    assertThat(art.next(queued(9, 5), ages(0, 1), LIVE)).isZero();
    assertThat(art.next(queued(9, 5), ages(0, 2), LIVE)).isEqualTo(1);
    assertThat(art.next(queued(9, 1), ages(0, 100), LIVE)).as("overdue").isEqualTo(1);
  }

  @Test
  void namesTheSettingThatIsOutOfRange() {
    assertThatThrownBy(() -> new FlushPolicy.Fixed(0, 3))
        .hasMessage("flushRows must be at least 1, not 0");
    assertThatThrownBy(() -> new FlushPolicy.Fixed(1, -1))
        .hasMessage("maxBufferAgeSteps must be at least 0, not -1");
    assertThatThrownBy(() -> new Patience(1, Double.NaN))
        .hasMessage("bufferAgeFactor must be a number of at least 0, not NaN");
    assertThatThrownBy(() -> new FlushPolicy.Art(4, 0, new Patience(1)))
        .hasMessage("flushRows must be at least 1, not 0");
  }

  private static int[] queued(int... rows) {
    return rows;
  }

  private static int[] ages(int... steps) {
    return steps;
  }
}
