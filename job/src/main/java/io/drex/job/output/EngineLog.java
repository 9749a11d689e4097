package io.drex.job.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.drex.job.storage.JsonFile;
import io.drex.spark.journal.EngineReading;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The engines of each run, {@code runs/<runId>/engines.json}; outlives the journal whose footers it
 * was read from.
 */
final class EngineLog {
  private static final String FILE = "engines.json";

  private final OutputLayout layout;
  private final Configuration hadoop;

  EngineLog(OutputLayout layout, Configuration hadoop) {
    this.layout = layout;
    this.hadoop = hadoop;
  }

  /** Keeps the newest reading of each engine of a run. */
  void write(String runId, Collection<EngineReading> readings) {
    ArrayNode document = JsonFile.mapper().createArrayNode();
    readings.forEach(reading -> document.add(JsonFile.mapper().<JsonNode>valueToTree(reading)));
    JsonFile.replace(new Path(layout.run(runId), FILE), document, hadoop);
  }

  /** What was kept of one run; empty if nothing was. */
  List<EngineReading> read(String runId) throws IOException {
    Optional<JsonNode> document = JsonFile.read(new Path(layout.run(runId), FILE), hadoop);
    List<EngineReading> readings = new ArrayList<>();
    try {
      for (JsonNode reading : document.orElseGet(JsonFile.mapper()::createArrayNode)) {
        readings.add(JsonFile.mapper().treeToValue(reading, EngineReading.class));
      }
    } catch (JsonProcessingException e) {
      throw new IOException(layout.run(runId) + "/" + FILE + " is not what was written there", e);
    }
    return readings;
  }

  /** What was kept of all runs, by run. */
  SortedMap<String, List<EngineReading>> readAll() throws IOException {
    SortedMap<String, List<EngineReading>> runs = new TreeMap<>();
    try {
      for (FileStatus run : layout.runs().getFileSystem(hadoop).listStatus(layout.runs())) {
        runs.put(run.getPath().getName(), read(run.getPath().getName()));
      }
    } catch (FileNotFoundException e) {
      return runs;
    }
    return runs;
  }
}
