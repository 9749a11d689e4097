package io.drex.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a safetensors file: eight bytes of header length (little-endian), a JSON header that gives
 * every tensor's type, shape and byte range {@code [begin, end)}, then the tensors' bytes, without
 * gaps. Everything is checked against the file's size before anything is allocated or mapped.
 *
 * <p>Source: the format's specification in the safetensors project.
 */
final class Safetensors {
  private static final int LENGTH_BYTES = 8;
  private static final long MAX_HEADER_BYTES = 100_000_000;
  private static final int MAX_TENSORS = 100_000;
  private static final int MAX_RANK = 8;
  private static final String METADATA = "__metadata__";

  private final String file;
  private final List<Entry> entries = new ArrayList<>();

  private Safetensors(String file) {
    this.file = file;
  }

  private record Entry(String name, DType dtype, List<Long> shape, long begin, long end) {}

  /** Maps all tensors of a file; {@code file} names it in messages. */
  static Map<String, Tensor> map(Path path, String file) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      Safetensors reader = new Safetensors(file);
      long dataStart = reader.readHeader(channel);
      reader.checkRanges(channel.size() - dataStart);
      return reader.mapEntries(channel, dataStart);
    } catch (IOException e) {
      throw Json.unreadable(file, e);
    }
  }

  private long readHeader(FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < LENGTH_BYTES) {
      throw refuse(size + " bytes are too few for a safetensors file; copy the file again");
    }
    long length = read(channel, 0, LENGTH_BYTES).getLong();
    // A length with the top bit set reads as negative.
    if (length < 2 || length > MAX_HEADER_BYTES || length > size - LENGTH_BYTES) {
      throw refuse(
          "header length "
              + Long.toUnsignedString(length)
              + " is not in [2, "
              + Math.min(MAX_HEADER_BYTES, size - LENGTH_BYTES)
              + "] for a file of "
              + size
              + " bytes; the file is truncated or not in safetensors format");
    }
    byte[] header = read(channel, LENGTH_BYTES, (int) length).array();
    parse(header);
    return LENGTH_BYTES + length;
  }

  private void parse(byte[] header) throws IOException {
    try (JsonParser json = Json.parser(header)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw refuse("the header is not a JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        if (name.equals(METADATA)) {
          json.skipChildren();
        } else {
          entries.add(entry(name, json));
        }
        if (entries.size() > MAX_TENSORS) {
          throw refuse("more than " + MAX_TENSORS + " tensors");
        }
      }
      if (json.nextToken() != null) {
        throw refuse("the header goes on after its JSON object");
      }
    }
  }

  private Entry entry(String name, JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw refuse(name, "its header entry is not an object");
    }
    String dtype = "";
    List<Long> shape = List.of();
    List<Long> offsets = List.of();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = json.currentName();
      json.nextToken();
      switch (key) {
        case "dtype" -> dtype = json.getText();
        case "shape" -> shape = numbers(name, key, json);
        case "data_offsets" -> offsets = numbers(name, key, json);
        default -> throw refuse(name, "unknown key '" + key + "' in its header entry");
      }
    }
    if (offsets.size() != 2) {
      throw refuse(name, "data_offsets must be [begin, end]");
    }
    return new Entry(name, dtype(name, dtype), shape, offsets.get(0), offsets.get(1));
  }

  private List<Long> numbers(String name, String key, JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw refuse(name, key + " is not a list");
    }
    List<Long> numbers = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      boolean integer = json.currentToken() == JsonToken.VALUE_NUMBER_INT;
      if (!integer
          || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          || json.getLongValue() < 0) {
        throw refuse(name, key + " holds " + json.getText() + ", not an integer in [0, 2^63)");
      }
      if (numbers.size() == MAX_RANK) {
        throw refuse(name, key + " has more than " + MAX_RANK + " entries");
      }
      numbers.add(json.getLongValue());
    }
    return numbers;
  }

  private DType dtype(String name, String text) {
    for (DType dtype : DType.values()) {
      if (dtype.name().equals(text)) {
        return dtype;
      }
    }
    throw refuse(name, "dtype '" + text + "' is not supported; convert the weights to BF16 or F32");
  }

  /** Ranges must match shapes and cover the {@code dataBytes} once, in some order. */
  private void checkRanges(long dataBytes) {
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long covered = 0;
    for (Entry entry : entries) {
      checkRange(entry, dataBytes);
      if (entry.begin() != covered) {
        String how = entry.begin() < covered ? "overlaps the tensor before it" : "leaves a gap";
        throw refuse(
            entry.name(),
            "its range " + range(entry) + " " + how + " (bytes up to " + covered + " are taken)");
      }
      covered = entry.end();
    }
    if (covered != dataBytes) {
      throw refuse(dataBytes + " bytes of data, of which tensors use " + covered);
    }
  }

  private void checkRange(Entry entry, long dataBytes) {
    if (entry.begin() > entry.end()) {
      throw refuse(entry.name(), "its range " + range(entry) + " is reversed");
    }
    if (entry.end() > dataBytes) {
      throw refuse(
          entry.name(),
          "its range "
              + range(entry)
              + " leaves the "
              + dataBytes
              + " bytes of data; the file is truncated, copy it again");
    }
    long expected = bytes(entry);
    if (entry.end() - entry.begin() != expected) {
      throw refuse(
          entry.name(),
          "its range "
              + range(entry)
              + " is not the "
              + expected
              + " bytes of "
              + entry.dtype()
              + entry.shape());
    }
    if (expected > Integer.MAX_VALUE) {
      throw refuse(entry.name(), expected + " bytes, more than the 2 GiB one tensor may have");
    }
  }

  private long bytes(Entry entry) {
    try {
      long elements = 1;
      for (long size : entry.shape()) {
        elements = Math.multiplyExact(elements, size);
      }
      return Math.multiplyExact(elements, entry.dtype().bytes());
    } catch (ArithmeticException e) {
      throw refuse(entry.name(), "shape " + entry.shape() + " overflows");
    }
  }

  private Map<String, Tensor> mapEntries(FileChannel channel, long dataStart) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Entry entry : entries) {
      ByteBuffer data =
          channel.map(
              FileChannel.MapMode.READ_ONLY,
              dataStart + entry.begin(),
              entry.end() - entry.begin());
      tensors.put(entry.name(), new Tensor(entry.name(), entry.dtype(), entry.shape(), data));
    }
    return tensors;
  }

  private ByteBuffer read(FileChannel channel, long position, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw refuse("ends while it is read; is it still being copied?");
      }
    }
    return buffer.flip();
  }

  private static String range(Entry entry) {
    return "[" + entry.begin() + ", " + entry.end() + ")";
  }

  private ModelException refuse(String what) {
    return new ModelException(file + ": " + what);
  }

  private ModelException refuse(String tensor, String what) {
    return new ModelException(file + ": tensor '" + tensor + "': " + what);
  }
}
