package io.drex.device.cuda;

import io.drex.device.cuda.driver.CudaDriver;
import io.drex.model.ModelSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** What it takes to ask a GPU for something, and to hear of it. */
public final class LaunchBench {
  private static final int NODES = 256; // of the long graph

  private final BenchGpu gpu;
  private final ModelSpec spec;
  private final int times;

  /**
   * @param spec of a small head, to be read
   * @param times that each thing is done for a repeat
   */
  public LaunchBench(BenchGpu gpu, ModelSpec spec, int times) {
    this.gpu = gpu;
    this.spec = spec;
    this.times = times;
  }

  /**
   * Microseconds of each repeat, by what was done; kernels have no rows, so that they do nothing.
   */
  public Map<String, double[]> micros() {
    Map<String, double[]> all = new LinkedHashMap<>();
    CudaDriver driver = gpu.driver();
    try (DeviceMemory memory = gpu.memory()) {
      StepArgs none = gpu.step(memory, BenchGpu.batch(0));
      CudaDriver.Launch empty = Norm.prepare(none, Rows.ALL, 0, 0, 0, spec);
      Runnable launch = () -> driver.launch(empty, 1, 1);
      all.put("launch, one of many", many(launch));
      all.put("launch and wait", one(launch));
      CudaDriver.Graph single = driver.record(launch);
      CudaDriver.Graph graph =
          driver.record(() -> IntStream.range(0, NODES).forEach(i -> launch.run()));
      all.put("graph of one launch, one of many", many(() -> driver.launch(single)));
      all.put("graph of one launch and wait", one(() -> driver.launch(single)));
      all.put("launch within a graph of " + NODES, perNode(one(() -> driver.launch(graph))));
      driver.free(single);
      driver.free(graph);
      all.put("query of the stream", many(driver::isDone));
    }
    HeadBench head = new HeadBench(gpu, spec);
    all.put("small head and wait", head.readingMicros(times, false));
    all.put("small head and poll of mapped memory", head.readingMicros(times, true));
    return all;
  }

  private double[] many(Runnable asked) {
    double[] samples = new double[gpu.repeats()];
    for (int i = 0; i < samples.length; i++) {
      asked.run();
      gpu.driver().finish();
      samples[i] =
          BenchGpu.hostMicros(
              times,
              () -> {
                for (int n = 0; n < times; n++) {
                  asked.run();
                }
                gpu.driver().finish();
              });
    }
    return samples;
  }

  private double[] one(Runnable asked) {
    return many(
        () -> {
          asked.run();
          gpu.driver().finish();
        });
  }

  private static double[] perNode(double[] graphMicros) {
    double[] micros = graphMicros.clone();
    for (int i = 0; i < micros.length; i++) {
      micros[i] /= NODES;
    }
    return micros;
  }
}
