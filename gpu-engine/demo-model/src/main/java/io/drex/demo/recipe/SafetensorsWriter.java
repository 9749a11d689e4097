package io.drex.demo.recipe;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes a safetensors file: the tensors in the order they were added. Used by one thread. */
final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;

  private final ObjectNode header = new ObjectMapper().createObjectNode();
  private final List<ByteBuffer> data = new ArrayList<>();
  private long offset;

  /** Adds a tensor as bfloat16, rounded to the nearest, ties to even. */
  SafetensorsWriter bfloats(String name, float[] values, long... shape) {
    ByteBuffer bytes = buffer((long) values.length * Short.BYTES);
    for (float value : values) {
      bytes.putShort(Bfloat16.round(value));
    }
    return add(name, "BF16", bytes.flip(), shape);
  }

  /** Adds a tensor as int32. */
  SafetensorsWriter ints(String name, int[] values, long... shape) {
    ByteBuffer bytes = buffer((long) values.length * Integer.BYTES);
    bytes.asIntBuffer().put(values);
    return add(name, "I32", bytes, shape);
  }

  /** Writes the file, replacing one that exists. */
  void write(Path file) throws IOException {
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] head = Arrays.copyOf(json, padded);
    Arrays.fill(head, json.length, padded, (byte) ' ');
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(buffer(Long.BYTES).putLong(padded).array());
      out.write(head);
      for (ByteBuffer bytes : data) {
        out.write(bytes.array(), 0, bytes.limit());
      }
    }
  }

  private SafetensorsWriter add(String name, String dtype, ByteBuffer bytes, long... shape) {
    ObjectNode entry = header.putObject(name).put("dtype", dtype);
    entry.set("shape", header.arrayNode());
    for (long size : shape) {
      entry.withArray("shape").add(size);
    }
    entry.putArray("data_offsets").add(offset).add(offset + bytes.limit());
    offset += bytes.limit();
    data.add(bytes);
    return this;
  }

  private static ByteBuffer buffer(long bytes) {
    return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
