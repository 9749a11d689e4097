package io.drex.spark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.spark.Await;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class EngineTurnsTest {
  private final EngineTurns turns = new EngineTurns();
  private final EngineTurns.Turn first = turns.turn();
  private final EngineTurns.Turn second = turns.turn();
  private final EngineTurns.Turn third = turns.turn();

  @Test
  void anyNumberOfTasksShare() throws InterruptedException {
    assertThat(first.share(0)).isTrue();
    assertThat(second.share(0)).isTrue();
    assertThat(second.share(0)).as("again").isTrue();
    assertThat(first.isInTheWay()).isFalse();
  }

  @Test
  void whoIsAloneHasNobodyBesideIt() throws InterruptedException {
    assertThat(first.alone(0)).isTrue();
    assertThat(second.share(1)).isFalse();
    assertThat(third.alone(1)).isFalse();
    first.leave();
    assertThat(second.share(1)).as("the third asked to be alone").isFalse();
    assertThat(third.alone(0)).isTrue();
    third.leave();
    assertThat(second.share(0)).isTrue();
  }

  @Test
  void whoAsksToBeAloneGoesBeforeThoseThatWouldShare() throws InterruptedException {
    assertThat(first.share(0)).isTrue();
    assertThat(second.alone(1)).isFalse();
    assertThat(first.isInTheWay()).isTrue();
    assertThat(third.share(1)).isFalse();
    first.leave();
    assertThat(first.share(1)).isFalse();
    assertThat(second.alone(0)).isTrue();
  }

  @Test
  void aWishEndsWithItsTask() throws InterruptedException {
    assertThat(first.share(0)).isTrue();
    assertThat(second.alone(0)).isFalse();
    second.close();
    second.close();
    assertThat(first.isInTheWay()).isFalse();
    assertThat(third.share(0)).isTrue();
  }

  @Test
  void whoWaitsIsWoken() throws InterruptedException {
    assertThat(first.share(0)).isTrue();
    AtomicBoolean alone = new AtomicBoolean();
    Thread waiting =
        new Thread(
            () -> {
              try {
                alone.set(second.alone(60_000));
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    waiting.start();
    Await.until("the other asks", first::isInTheWay);
    first.leave();
    waiting.join();
    assertThat(alone).isTrue();
  }
}
