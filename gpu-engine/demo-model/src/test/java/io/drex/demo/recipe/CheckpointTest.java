package io.drex.demo.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  private static final Checkpoint SOME =
      new Checkpoint(
          new Progress(17, 123_456_789_012L, new Batches.Position(3, 5), 1.5, 2.25),
          new float[] {1, -2, 3e-30f},
          new float[] {4, 5, 6},
          new float[] {7, 8, 9});

  @TempDir private Path folder;

  @Test
  void comesBackAsItWasWritten() throws IOException {
    Checkpoint.start(new float[3]).write(folder);
    SOME.write(folder);
    assertThat(Checkpoint.read(folder, 3)).usingRecursiveComparison().isEqualTo(SOME);
    assertThat(folder).isDirectoryNotContaining(file -> file.toString().matches(".*(new|old)"));
  }

  @Test
  void refusesAModelOfAnotherSize() throws IOException {
    SOME.write(folder);
    assertThatThrownBy(() -> Checkpoint.read(folder, 4))
        .isInstanceOf(IOException.class)
        .hasMessage(
            folder.resolve("checkpoint")
                + ": a model of 3 weights in 36 bytes, but the options describe one of 4;"
                + " resume with the shape that the run began with");
  }
}
