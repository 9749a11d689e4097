package io.drex.job.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.job.storage.JsonFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The run that a lock names, and its process.
 *
 * @param runId empty if the lock does not tell
 * @param machine host, boot and process namespace, within which a process number means something;
 *     empty if that cannot be told
 * @param processStart tells the process from a later one with the same number
 * @param since when it took the lock, by its own clock
 */
record LockOwner(
    String runId, String host, String machine, long pid, String processStart, String since) {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path PROCESS_NAMESPACE = Path.of("/proc/self/ns/pid");

  /** This process. */
  static LockOwner here(String runId) {
    ProcessHandle process = ProcessHandle.current();
    String now = Instant.now().toString();
    return new LockOwner(runId, localHost(), localMachine(), process.pid(), start(process), now);
  }

  /** Reads what {@link #json} wrote; what is missing stays empty. */
  static LockOwner of(JsonNode json) {
    return new LockOwner(
        json.path("runId").asText(),
        json.path("host").asText(),
        json.path("machine").asText(),
        json.path("pid").asLong(-1),
        json.path("processStart").asText(),
        json.path("since").asText());
  }

  ObjectNode json() {
    return JsonFile.mapper().valueToTree(this);
  }

  /** Whether its process lives; nothing where that cannot be told from here. */
  Optional<Boolean> isAlive() {
    if (machine.isEmpty() || !machine.equals(localMachine())) {
      return Optional.empty();
    }
    return Optional.of(
        ProcessHandle.of(pid).filter(process -> start(process).equals(processStart)).isPresent());
  }

  /** For people: the run and where it works. */
  String text() {
    return runId.isEmpty()
        ? "a run without a name"
        : "run " + runId + " (host " + host + ", process " + pid + ", since " + since + ")";
  }

  private static String start(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("");
  }

  private static String localHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  private static String localMachine() {
    try {
      String boot = Files.readString(BOOT).strip();
      return localHost() + " " + boot + " " + Files.readSymbolicLink(PROCESS_NAMESPACE);
    } catch (IOException e) {
      return ""; // no Linux: heartbeats tell
    }
  }
}
