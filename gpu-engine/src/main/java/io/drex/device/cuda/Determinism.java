package io.drex.device.cuda;

import io.drex.device.Availability;
import io.drex.device.DeviceException;
import io.drex.device.cuda.cublas.Cublas;
import io.drex.device.cuda.driver.CudaDriver;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a device's name promises of a row's bits, and what computes linear layers under it. */
sealed interface Determinism {

  /** The device's name without an address. */
  String device();

  /** Changes whenever the arithmetic of our own changes a bit of any result. */
  String implementation();

  /** What of others changes results, such as {@code /cublas-13.0.2}; only where it can run. */
  String library();

  /**
   * Whether it can run on a GPU that is there; never throws.
   *
   * @param gpu what it is
   */
  Availability on(Availability.Available gpu);

  /** Whether a row's bits may depend on the rows that are computed with it. */
  boolean isScheduleDependent();

  /**
   * What else {@code doctor} tells of it, a line each; opens for a moment what it needs.
   *
   * @throws DeviceException if that fails
   */
  List<String> details(CudaDriver driver);

  /** Prepares a model's linear layers. */
  LinearLayers layers(Setup setup, ModelWeights weights);

  /** Kernels of our own throughout: a row has the same bits in every batch. */
  record Strict() implements Determinism {
    @Override
    public String device() {
      return "cuda";
    }

    @Override
    public String implementation() {
      return "cuda/strict-2";
    }

    @Override
    public String library() {
      return "";
    }

    @Override
    public Availability on(Availability.Available gpu) {
      return gpu;
    }

    @Override
    public boolean isScheduleDependent() {
      return false;
    }

    @Override
    public List<String> details(CudaDriver driver) {
      return List.of();
    }

    @Override
    public LinearLayers layers(Setup setup, ModelWeights weights) {
      return LinearLayers.OWN;
    }
  }

  /**
   * cuBLAS for the linear layers of calls with many prompt rows, kernels of our own for all else.
   *
   * @param leastPromptRows of such a call
   * @param cublas looked for when it is first asked for, which is where a GPU is
   */
  record Fast(int leastPromptRows, Supplier<Cublas> cublas) implements Determinism {
    private static final Logger LOG = LoggerFactory.getLogger(Fast.class);

    @Override
    public String device() {
      return "cuda:fast";
    }

    @Override
    public String implementation() {
      return "cuda/fast-1";
    }

    /** Each version of cuBLAS may add in an order of its own. */
    @Override
    public String library() {
      return "/cublas-" + cublas.get().version();
    }

    @Override
    public Availability on(Availability.Available gpu) {
      Availability availability = cublas.get().availability();
      return availability instanceof Availability.Available it
          ? new Availability.Available(gpu.description() + ", " + it.description())
          : availability;
    }

    @Override
    public boolean isScheduleDependent() {
      return true;
    }

    @Override
    public List<String> details(CudaDriver driver) {
      try (DeviceMemory memory = new DeviceMemory(driver)) {
        LibraryLayers.open(cublas.get(), memory);
        return List.of("cuBLAS: for calls of " + leastPromptRows + " prompt rows or more");
      }
    }

    @Override
    public LinearLayers layers(Setup setup, ModelWeights weights) {
      int most = setup.options().maxPrefillTokens();
      if (most < leastPromptRows) {
        LOG.warn(
            "Device {} runs as cuda does: maxPrefillTokens is {}, and cuBLAS is used for calls of"
                + " {} prompt rows or more; raise maxPrefillTokens to twice that",
            device(),
            most,
            leastPromptRows);
        return LinearLayers.OWN;
      }
      return LibraryLayers.open(cublas.get(), setup, weights, leastPromptRows);
    }
  }
}
