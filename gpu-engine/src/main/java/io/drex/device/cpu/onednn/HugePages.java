package io.drex.device.cpu.onednn;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * Asks Linux for large pages: memory that is read as one stream is fetched ahead within a page
 * only, so that small pages cost a stop at the end of each. Where the kernel grants none, all works
 * as before.
 */
final class HugePages {
  static final long BYTES = 1 << 21;

  /** {@code MADV_HUGEPAGE} of Linux. */
  private static final int ADVICE = 14;

  private static final Function ADVISE = NativeLibrary.getInstance("c").getFunction("madvise");

  private HugePages() {}

  /** Asks for them in the whole ones of [address, address + bytes), before it is written to. */
  static void ask(long address, long bytes) {
    long from = (address + BYTES - 1) / BYTES * BYTES;
    long to = (address + bytes) / BYTES * BYTES;
    if (to > from) {
      ADVISE.invokeInt(new Object[] {new Pointer(from), to - from, ADVICE});
    }
  }
}
