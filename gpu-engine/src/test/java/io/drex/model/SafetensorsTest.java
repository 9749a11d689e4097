package io.drex.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a safetensors file may hold; faults M1 and M2. */
class SafetensorsTest {
  @TempDir Path dir;

  @Test
  void mapsTensorsInAnyOrderOfTheirBytes() throws Exception {
    Path file =
        write(
            "{\"__metadata__\": {\"format\": \"pt\"},"
                + entry("b", "F32", "[1, 2]", 4, 12)
                + ","
                + entry("a", "BF16", "[2]", 0, 4)
                + ","
                + entry("none", "F32", "[0, 3]", 12, 12)
                + "}  ",
            12);

    Map<String, Tensor> tensors = Safetensors.map(file, "m");

    assertThat(tensors).containsOnlyKeys("a", "b", "none");
    Tensor b = Objects.requireNonNull(tensors.get("b"));
    assertThat(b.dtype()).isEqualTo(DType.F32);
    assertThat(b.shape()).containsExactly(1L, 2L);
    // The data bytes are 0, 1, 2, …
    assertThat(b.data().getInt(0)).isEqualTo(0x07060504);
    assertThat(b.data().remaining()).isEqualTo(8);
    assertThat(Objects.requireNonNull(tensors.get("none")).elements()).isZero();
  }

  @Test
  void refusesAHeaderOfTwoToThe63() throws Exception {
    assertRefused(
        raw(Long.MIN_VALUE, "{}", 0),
        "m: header length 9223372036854775808 is not in [2, 2] for a file of 10 bytes; "
            + "the file is truncated or not in safetensors format");
  }

  @Test
  void refusesAHeaderLargerThanTheFile() throws Exception {
    assertRefused(raw(11, "{}", 8), "m: header length 11 is not in [2, 10] for a file of 18 bytes");
  }

  @Test
  void refusesAHeaderOfMoreThan100Megabytes() throws Exception {
    Path file = raw(100_000_001, "{}", 0);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(200_000_000);
    }

    assertRefused(file, "m: header length 100000001 is not in [2, 100000000] for a file of");
  }

  @Test
  void refusesAnEmptyHeader() throws Exception {
    assertRefused(raw(0, "{}", 0), "m: header length 0 is not in [2, 2]");
  }

  @Test
  void refusesAFileOfSevenBytes() throws Exception {
    Path file = Files.write(dir.resolve("f"), new byte[7]);

    assertRefused(file, "m: 7 bytes are too few for a safetensors file; copy the file again");
  }

  @Test
  void refusesOverlappingTensors() throws Exception {
    assertRefused(
        write(
            "{" + entry("a", "F32", "[2]", 0, 8) + "," + entry("b", "F32", "[2]", 4, 12) + "}", 12),
        "m: tensor 'b': its range [4, 12) overlaps the tensor before it (bytes up to 8 are taken)");
  }

  @Test
  void refusesGaps() throws Exception {
    assertRefused(
        write("{" + entry("a", "F32", "[1]", 4, 8) + "}", 8),
        "m: tensor 'a': its range [4, 8) leaves a gap (bytes up to 0 are taken)");
    assertRefused(
        write("{" + entry("a", "F32", "[1]", 0, 4) + "}", 8),
        "m: 8 bytes of data, of which tensors use 4");
  }

  @Test
  void refusesReversedOffsets() throws Exception {
    assertRefused(
        write("{" + entry("a", "F32", "[1]", 4, 0) + "}", 4),
        "m: tensor 'a': its range [4, 0) is reversed");
  }

  @Test
  void refusesOffsetsOutsideTheFile() throws Exception {
    assertRefused(
        write("{" + entry("a", "F32", "[2]", 0, 8) + "}", 7),
        "m: tensor 'a': its range [0, 8) leaves the 7 bytes of data; the file is truncated");
  }

  @Test
  void refusesNegativeAndHugeOffsets() throws Exception {
    assertRefused(
        write("{" + entry("a", "F32", "[1]", -4, 0) + "}", 4),
        "m: tensor 'a': data_offsets holds -4, not an integer in [0, 2^63)");
    assertRefused(
        write(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,9223372036854775808]}}",
            4),
        "m: tensor 'a': data_offsets holds 9223372036854775808, not an integer in [0, 2^63)");
  }

  @Test
  void refusesRangesThatDoNotMatchTheShape() throws Exception {
    assertRefused(
        write("{" + entry("a", "BF16", "[2, 2]", 0, 16) + "}", 16),
        "m: tensor 'a': its range [0, 16) is not the 8 bytes of BF16[2, 2]");
  }

  @Test
  void refusesShapesThatOverflow() throws Exception {
    assertRefused(
        write("{" + entry("a", "F32", "[4294967296, 4294967296]", 0, 4) + "}", 4),
        "m: tensor 'a': shape [4294967296, 4294967296] overflows");
  }

  @Test
  void refusesDuplicateTensors() throws Exception {
    assertRefused(
        write("{" + entry("a", "F32", "[1]", 0, 4) + "," + entry("a", "F32", "[1]", 0, 4) + "}", 4),
        "m: not valid JSON (line 1): Duplicate field 'a'");
  }

  @Test
  void refusesDeepJson() throws Exception {
    String deep = "[".repeat(10_000);

    assertRefused(
        write("{\"__metadata__\": " + deep, 0), "m: not valid JSON: Document nesting depth (65)");
  }

  @Test
  void refusesUnknownTypes() throws Exception {
    assertRefused(
        write("{" + entry("a", "F16", "[1]", 0, 2) + "}", 2),
        "m: tensor 'a': dtype 'F16' is not supported; convert the weights to BF16 or F32");
  }

  @Test
  void refusesWhatIsNoHeader() throws Exception {
    assertRefused(write("[]", 0), "m: the header is not a JSON object");
    assertRefused(write("{\"a\": 1}", 0), "m: tensor 'a': its header entry is not an object");
    assertRefused(write("{} {}", 0), "m: the header goes on after its JSON object");
    assertRefused(write("{\"a\": {\"x\": 1}}", 0), "m: tensor 'a': unknown key 'x' in its header");
    assertRefused(write("{\"a\": {}}", 0), "m: tensor 'a': data_offsets must be [begin, end]");
    assertRefused(
        write("{\"a\": {\"dtype\": \"F", 0), "m: not valid JSON (line 1): Unexpected end");
  }

  private void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> Safetensors.map(file, "m"))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(message);
  }

  private static String entry(String name, String dtype, String shape, long begin, long end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
        .formatted(name, dtype, shape, begin, end);
  }

  private Path write(String header, int dataBytes) throws IOException {
    return raw(header.getBytes(StandardCharsets.UTF_8).length, header, dataBytes);
  }

  private Path raw(long headerLength, String header, int dataBytes) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(headerLength).put(text);
    for (int i = 0; i < dataBytes; i++) {
      bytes.put((byte) i);
    }
    return Files.write(dir.resolve("f"), bytes.array());
  }
}
