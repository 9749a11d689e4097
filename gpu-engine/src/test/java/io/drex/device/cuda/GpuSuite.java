package io.drex.device.cuda;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.device.Availability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * The tests of the kernels and of the backend on the GPU of a machine that has no build tool:
 * {@code on-gpu/run.sh} starts it. Writes {@code suite.json} and {@code suite.md} into a folder.
 * Ends with 0 if all tests passed, 1 if some did not, 5 if there is no GPU.
 */
final class GpuSuite {
  private static final int NO_GPU = 5;
  private static final List<String> ALL =
      List.of(
          "AttentionKernelsTest",
          "GemmKernelsTest",
          "HeadKernelsTest",
          "KvKernelsTest",
          "LibraryKernelsTest",
          "RandomTilesTest",
          "SampleKernelTest",
          "StateKernelsTest",
          "CudaContractTest");
  private static final String WITH_CUBLAS = "CudaFastContractTest";

  private GpuSuite() {}

  /**
   * @param arguments the folder, then names of test classes beside this one; none for all
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    List<String> classes =
        arguments.length == 1 ? all() : Stream.of(arguments).skip(1).distinct().toList();
    ObjectNode report = new JsonMapper().createObjectNode();
    CudaBackend backend = new CudaBackend();
    if (backend.probe() instanceof Availability.Unavailable missing) {
      report.put("missing", missing.reason()).put("remedy", missing.remedy());
      write(folder, report, List.of("No GPU: " + missing.reason() + "; " + missing.remedy()));
      System.exit(NO_GPU);
    }
    List<String> lines = new ArrayList<>(device(backend, report));
    boolean passed = true;
    ArrayNode suites = report.putArray("tests");
    lines.addAll(List.of("", "| tests | passed | failed | skipped | s |", "|---|---|---|---|---|"));
    for (String name : classes) {
      TestExecutionSummary summary = run(name);
      passed &= summary.getTotalFailureCount() == 0 && summary.getTestsSucceededCount() > 0;
      lines.add(line(name, summary));
      add(suites.addObject(), name, summary);
      write(folder, report, lines); // what was found stays, should the next one end the process
    }
    System.exit(passed ? 0 : 1);
  }

  private static List<String> all() {
    boolean hasCublas = CudaBackend.fast().probe() instanceof Availability.Available;
    return Stream.concat(ALL.stream(), Stream.of(WITH_CUBLAS).filter(name -> hasCublas)).toList();
  }

  private static List<String> device(CudaBackend backend, ObjectNode report) {
    Availability.Available available = (Availability.Available) backend.probe();
    List<String> details = backend.details();
    report.put("gpu", available.description()).put("implementation", backend.implementation());
    details.forEach(report.putArray("details")::add);
    List<String> lines = new ArrayList<>();
    lines.add("- " + available.description());
    lines.add("- implementation " + backend.implementation());
    details.forEach(detail -> lines.add("- " + detail));
    return lines;
  }

  private static TestExecutionSummary run(String name) {
    String className = GpuSuite.class.getPackageName() + "." + name;
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(className)).build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    return listener.getSummary();
  }

  private static String line(String name, TestExecutionSummary summary) {
    return "| %s | %d | %d | %d | %.1f |"
        .formatted(
            name,
            summary.getTestsSucceededCount(),
            summary.getTotalFailureCount(),
            summary.getTestsSkippedCount() + summary.getTestsAbortedCount(),
            (summary.getTimeFinished() - summary.getTimeStarted()) / 1e3);
  }

  private static void add(ObjectNode node, String name, TestExecutionSummary summary) {
    node.put("name", name);
    node.put("passed", summary.getTestsSucceededCount());
    node.put("failed", summary.getTotalFailureCount());
    node.put("skipped", summary.getTestsSkippedCount() + summary.getTestsAbortedCount());
    node.put("millis", summary.getTimeFinished() - summary.getTimeStarted());
    ArrayNode failures = node.putArray("failures");
    summary
        .getFailures()
        .forEach(
            failure ->
                failures.add(
                    failure.getTestIdentifier().getDisplayName() + ": " + failure.getException()));
  }

  private static void write(Path folder, ObjectNode report, List<String> lines) throws IOException {
    Files.writeString(folder.resolve("suite.json"), report.toPrettyString() + "\n");
    Files.write(folder.resolve("suite.md"), lines);
  }
}
