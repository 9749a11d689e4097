package io.drex.device.cpu.onednn;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;

/**
 * The OpenMP runtime that oneDNN was linked with. oneDNN would start threads of its own in each
 * call; how many is a setting of the calling thread, of which the environment variable
 * OMP_NUM_THREADS is only the default. Only after oneDNN was loaded.
 */
final class OpenMp {
  /** The loader finds a library that is loaded already by this name. */
  private static final String LIBRARY = "libgomp.so.1";

  private static final Function SET_THREADS = function("omp_set_num_threads");
  private static final Function MAX_THREADS = function("omp_get_max_threads");
  private static final Object[] ONE = {1};

  private OpenMp() {}

  private static Function function(String name) {
    return NativeLibrary.getInstance(LIBRARY).getFunction(name);
  }

  /**
   * Keeps all that oneDNN does for the current thread on this thread.
   *
   * @throws ThreadsException if that cannot be set
   */
  static void useOneThread() {
    SET_THREADS.invokeVoid(ONE);
    int threads = MAX_THREADS.invokeInt(new Object[0]);
    if (threads != 1) {
      throw new ThreadsException(threads);
    }
  }

  /** oneDNN would start threads of its own. */
  static final class ThreadsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private ThreadsException(int threads) {
      super("OpenMP, which oneDNN runs on, insists on " + threads + " threads");
    }
  }
}
