package io.drex.arrow;

import io.drex.engine.Completion;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash by which two runs' results are compared. */
public final class OutputHash {
  private OutputHash() {}

  /**
   * SHA-256 (hex) over all token ids (int32), then all depths (int16), then the bits of all
   * confidences (float32), little-endian.
   */
  public static String of(Completion completion) {
    int tokens = completion.tokens().length;
    ByteBuffer bytes =
        ByteBuffer.allocate(tokens * (Integer.BYTES + Short.BYTES + Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int token : completion.tokens()) {
      bytes.putInt(token);
    }
    for (short depth : completion.depths()) {
      bytes.putShort(depth);
    }
    for (float confidence : completion.confidences()) {
      bytes.putInt(Float.floatToRawIntBits(confidence));
    }
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
