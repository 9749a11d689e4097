package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GemmBlockTest {
  private static final int H200 = 132; // multiprocessors

  @ParameterizedTest
  @CsvSource({
    "1, ROWS_8",
    "8, ROWS_8",
    "9, ROWS_16",
    "16, ROWS_16",
    "17, TILE_64_BY_32",
    "32, TILE_64_BY_32",
    "33, TILE_64_BY_64",
    "64, TILE_64_BY_64",
    "65, TILE_64_BY_128",
    "128, TILE_64_BY_128",
    "129, TILE_128_BY_128",
    "4096, TILE_128_BY_128"
  })
  void takesTheKernelForTheRowsWhereOutputsAreMany(int rows, GemmBlock block) {
    assertThat(GemmBlock.of(rows, 22016 / Matrix.TILE, H200)).isEqualTo(block);
  }

  @ParameterizedTest
  @CsvSource({
    "8, ROWS_8",
    "16, ROWS_16",
    "17, TILE_32_BY_32",
    "64, TILE_64_BY_32",
    "128, TILE_64_BY_64",
    "256, TILE_64_BY_128",
    "512, TILE_128_BY_128"
  })
  void takesSmallerBlocksWhereOutputsAreFew(int rows, GemmBlock block) {
    assertThat(GemmBlock.of(rows, 4096 / Matrix.TILE, H200)).isEqualTo(block);
  }

  @Test
  void keepsBlocksThatLeaveLessThanAQuarterOfTheMultiprocessorsWithoutOne() {
    int tiles = 64 / Matrix.TILE * 99;
    assertThat(GemmBlock.of(32, tiles, 132)).isEqualTo(GemmBlock.TILE_64_BY_32);
    assertThat(GemmBlock.of(32, tiles, 133)).isEqualTo(GemmBlock.TILE_32_BY_32);
  }

  @Test
  void coversAllRowsAndOutputs() {
    assertThat(GemmBlock.TILE_64_BY_32.alongRows(33)).isEqualTo(2);
    assertThat(GemmBlock.TILE_64_BY_32.alongOutputs(5)).isEqualTo(2);
    assertThat(GemmBlock.ROWS_8.alongOutputs(5)).isEqualTo(5);
  }
}
