package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.model.DType;
import io.drex.model.RandomBlock;
import io.drex.model.TensorSource;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random weights that are made among tiles, beside those that the host made. */
class RandomTilesTest {
  /** What SplittableRandom's state grows by with each output. */
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  @Test
  void areTheHostsBitsInEveryPlace() {
    KernelCase.forSeeds(
        12,
        (gpu, random) -> {
          Part part = Part.random(random);
          int start = random.nextInt(5000);
          long seed = random.nextLong();
          assertThat(part.made(gpu, seed, start)).isEqualTo(part.repacked(gpu, seed, start));
        });
  }

  @Test
  void areCountedWithSixtyFourBits() {
    KernelCase.forSeeds(
        4,
        (gpu, random) -> {
          Part part = Part.random(random);
          long start = (1L << 31) + (random.nextLong() >>> 20);
          long seed = random.nextLong();
          long later = seed + start * GOLDEN;
          assertThat(part.made(gpu, seed, start)).isEqualTo(part.repacked(gpu, later, 0));
        });
  }

  /** Rows of a matrix that go to its tiles at once. */
  private record Part(int rows, int k, int first, PartPlace place, float widest) {
    static Part random(Random random) {
      PartPlace[] places = PartPlace.values();
      return new Part(
          1 + random.nextInt(70),
          1 + random.nextInt(600),
          random.nextInt(40),
          places[random.nextInt(places.length)],
          random.nextFloat());
    }

    byte[] made(TestGpu gpu, long seed, long start) {
      DeviceArray tiles = tiles(gpu);
      gpu.launch(
          "drex_random_tiles",
          (k + 255) / 256,
          rows,
          1,
          256,
          tiles,
          seed,
          start,
          widest,
          rows,
          k,
          kTiles(),
          first,
          place.ordinal());
      return bytes(tiles);
    }

    byte[] repacked(TestGpu gpu, long seed, int start) {
      DeviceArray tiles = tiles(gpu);
      gpu.launch(
          "drex_repack_tiles",
          (k + 255) / 256,
          rows,
          1,
          256,
          tiles,
          host(gpu, new RandomBlock(seed, widest, start + (long) rows * k), start),
          0,
          rows,
          k,
          kTiles(),
          first,
          place.ordinal());
      return bytes(tiles);
    }

    private DeviceArray host(TestGpu gpu, RandomBlock block, int start) {
      ByteBuffer data = new TensorSource.Random(block, start, (long) rows * k).data();
      byte[] bytes = new byte[rows * k * DType.BF16.bytes()];
      data.get(bytes);
      DeviceArray array = gpu.allocate(bytes.length);
      array.memory().write(0, bytes, 0, bytes.length);
      return array.uploaded();
    }

    private DeviceArray tiles(TestGpu gpu) {
      int most = first + rows;
      int outputs = place == PartPlace.IN_ORDER ? most : 2 * WeightTiles.padded(most);
      return gpu.allocate(Matrix.bytes(outputs, k));
    }

    private int kTiles() {
      return WeightTiles.padded(k) / Matrix.TILE;
    }

    private static byte[] bytes(DeviceArray tiles) {
      return tiles.downloaded().getByteArray(0, (int) tiles.memory().size());
    }
  }
}
