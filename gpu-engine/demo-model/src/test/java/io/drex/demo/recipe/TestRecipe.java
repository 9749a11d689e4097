package io.drex.demo.recipe;

import java.util.List;

/** A recipe small enough for tests: exits after layers 1 and 3 of 4, masking from the start. */
final class TestRecipe {
  static final int LAYERS = 4;
  static final List<Integer> RAMPS = List.of(1, 3);

  private TestRecipe() {}

  static ModelShape shape(int vocab) {
    return new ModelShape(LAYERS, 16, 4, 2, 24, vocab, RAMPS);
  }

  static Recipe recipe(int vocab) {
    return new Recipe(
        shape(vocab),
        new Schedule(100, .003, 0),
        new LossMix(List.of(.1, .2), .15, .25),
        1024,
        .5,
        7,
        0);
  }
}
