package io.drex.device.cuda.bench;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.drex.device.cuda.CudaBackend;
import io.drex.device.cuda.bench.Part.State;
import java.util.List;
import java.util.stream.Stream;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The tests of the kernels and of the backend. */
final class SuiteStage {
  private SuiteStage() {}

  static void run(Bench bench) {
    Output out = bench.out();
    List<String> classes = bench.tests().isEmpty() ? all(bench.sizes()) : bench.tests();
    Output.Rows rows =
        out.table(
            "tests",
            "Tests",
            "Of the kernels and of the backend `cuda`, strict.",
            "What the driver loads: " + image() + ".");
    for (String name : classes) {
      if (!out.hasTime()) {
        return;
      }
      TestExecutionSummary summary = run(name);
      if (summary.getTotalFailureCount() > 0 || summary.getTestsSucceededCount() == 0) {
        out.ended(State.FAILED, "a test of " + name + " failed, or none ran");
      }
      rows.add(row(name, summary));
    }
  }

  /** The kernels that the engine and their tests take: machine code, or PTX. */
  private static String image() {
    return new CudaBackend()
        .details().stream().filter(detail -> detail.startsWith("kernels: ")).findFirst().orElse("");
  }

  private static List<String> all(Sizes sizes) {
    boolean all = sizes.suite().equals(GpuTests.ALL) && Devices.missing(Devices.FAST).isEmpty();
    Stream<String> more = Stream.of(GpuTests.WITH_CUBLAS).filter(name -> all);
    return Stream.concat(sizes.suite().stream(), more).toList();
  }

  private static TestExecutionSummary run(String name) {
    String className = CudaBackend.class.getPackageName() + "." + name;
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(className)).build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    return listener.getSummary();
  }

  private static Row row(String name, TestExecutionSummary summary) {
    long millis = summary.getTimeFinished() - summary.getTimeStarted();
    StringBuilder failures = new StringBuilder();
    summary
        .getFailures()
        .forEach(
            failure ->
                failures
                    .append(failure.getTestIdentifier().getDisplayName())
                    .append(": ")
                    .append(String.valueOf(failure.getException()).lines().findFirst().orElse(""))
                    .append("; "));
    long skipped = summary.getTestsSkippedCount() + summary.getTestsAbortedCount();
    return Row.of("class", name, "failures", failures.toString())
        .with("passed", count(summary.getTestsSucceededCount()))
        .with("failed", count(summary.getTotalFailureCount()))
        .with("skipped", count(skipped))
        .with("time", Figure.of("s", millis / 1e3));
  }

  private static Figure count(long tests) {
    return Figure.of("", (double) tests);
  }
}
