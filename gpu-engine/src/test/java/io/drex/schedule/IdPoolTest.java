package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class IdPoolTest {
  @Test
  void givesEachIdOnce() {
    IdPool pool = new IdPool("slot", 3);
    assertThat(new int[] {pool.take(), pool.take(), pool.take()}).containsExactly(0, 1, 2);
    assertThatThrownBy(pool::take).hasMessage("no slot is free; all 3 are taken");
    pool.give(1);
    assertThat(pool.take()).isEqualTo(1);
  }

  @Test
  void noticesAnIdThatIsGivenBackTwice() {
    IdPool pool = new IdPool("slot", 3);
    pool.give(pool.take());
    assertThatThrownBy(() -> pool.give(0)).hasMessage("slot 0 was given back twice");
  }
}
