package io.drex.device.cuda.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.device.PrefixSharing;
import io.drex.device.cuda.bench.Part.State;
import io.drex.engine.DrexEngine;
import io.drex.engine.EngineOptions;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.synthetic.SyntheticModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Other programs with the same prompts and lengths, and this engine's full depth beside them. */
final class PeersStage {
  /** System property that says where the peers' script is. */
  static final String SCRIPT = "drex.bench.peers";

  /** System property with lengths of completions between commas; empty for the sizes' own. */
  static final String OUTPUTS = "drex.bench.outputs";

  private static final String PYTHON = "python3";
  private static final String RATES = "rates";
  private static final String COMPLETE = "complete";

  /** The peer that this engine is put beside: continuous batching. */
  private static final String BESIDE = "D";

  private static final int WARM_UP_TOKENS = 4; // the third step of a kind is a graph
  private static final double ALL = .95;
  private static final double SHARE = .75; // of the time that is left, for peers

  private static final JsonMapper MAPPER = new JsonMapper();

  private final Bench bench;
  private final Sizes sizes;
  private final String name;
  private final LoadedModel model;
  private final List<Integer> outputs;
  private final List<int[]> prompts = new ArrayList<>();
  private final Output.Rows rows;
  private final Map<String, Double> ours = new LinkedHashMap<>(); // "device, new tokens" to tok/s
  private final Map<Integer, Double> beside = new LinkedHashMap<>(); // new tokens to D's tok/s
  private String besideHow = ""; // D's settings

  private PeersStage(Bench bench) {
    this.bench = bench;
    sizes = bench.sizes();
    name = sizes.models().get(0);
    model = SyntheticModel.load(name);
    outputs = outputs(sizes);
    Sizes.Load load = sizes.peers();
    Random random = new Random(load.requests());
    for (int i = 0; i < load.requests(); i++) {
      prompts.add(random.ints(load.promptTokens(), 3, model.spec().vocabSize()).toArray());
    }
    rows =
        bench
            .out()
            .table(
                "peers",
                "Peers: " + SyntheticModel.shapeName(name) + ", bf16",
                ("%d prompts of %d token ids, the same for all, greedy, every"
                        + " completion of the stated length; %d at once.")
                    .formatted(load.requests(), load.promptTokens(), load.slots()),
                "A: generate, dynamic cache. B: generate, static cache,"
                    + " compiled. C: a static batch's decode loop, compiled"
                    + " with max-autotune. D: continuous batching, paged; its row"
                    + " tells its settings and the size of its cache.");
  }

  private static List<Integer> outputs(Sizes sizes) {
    String lengths = System.getProperty(OUTPUTS, "");
    return lengths.isEmpty()
        ? sizes.outputs()
        : Stream.of(lengths.split(",", -1)).map(Integer::valueOf).toList();
  }

  /** Where the script is. */
  static String script() {
    return System.getProperty(SCRIPT, Path.of("on-gpu", "peers.py").toAbsolutePath().toString());
  }

  /** What torch copies and multiplies, as a third opinion. */
  static void torchRates(Bench bench) throws IOException, InterruptedException {
    Path answer = bench.folder().resolve("torch-answer.json");
    JsonNode found = python(bench, RATES, bench.folder(), answer, ALL);
    Output.Rows rows = bench.out().table(Rates.TORCH_TABLE, "What torch does", "On random data.");
    for (JsonNode node : found.path("rows")) {
      Row row = Row.of("what", node.path("what").asText());
      rows.add(row.with("rate", figure(node.path("samples"), node.path("unit").asText())));
    }
    String error = found.path("error").asText();
    if (!error.isEmpty()) {
      bench.out().ended(State.UNAVAILABLE, error);
    }
  }

  static void run(Bench bench) throws IOException, InterruptedException {
    PeersStage stage = new PeersStage(bench);
    stage.engine(Devices.STRICT);
    stage.peers();
    stage.engine(Devices.FAST);
    stage.putBeside();
  }

  private void engine(String device) throws InterruptedException {
    String missing = Devices.missing(device);
    Row about = Row.of("who", "DREX full_depth", "device", device);
    if (!missing.isEmpty()) {
      rows.add(about.without(missing));
      return;
    }
    Sizes.Load load = sizes.peers();
    int longest = outputs.stream().mapToInt(tokens -> tokens).max().orElse(1);
    EngineOptions options =
        EngineOptions.defaults()
            .withDevice(device)
            .withPolicy("full_depth")
            .withSlots(load.slots())
            .withMaxPrefillTokens(sizes.promptRows())
            .withMaxSequenceTokens(load.promptTokens() + longest)
            .withPrefixSharing(PrefixSharing.OFF)
            .withMeasureMillis(sizes.measureMillis());
    try (DrexEngine engine = DrexEngine.open(model, options)) {
      EngineRun.of(engine, prompts, Math.min(WARM_UP_TOKENS, longest));
      for (int tokens : outputs) {
        double[] speeds = new double[sizes.repeats()];
        for (int i = 0; i < speeds.length; i++) {
          speeds[i] = EngineRun.of(engine, prompts, tokens).tokensPerSecond();
        }
        Figure speed = Figure.of("tok/s", speeds);
        ours.put(device + ", " + tokens, speed.median());
        rows.add(speeds(about, tokens, speed));
      }
    }
  }

  private static Row speeds(Row about, int tokens, Figure speed) {
    Map<String, String> labels = new LinkedHashMap<>(about.labels());
    labels.put("new tokens", String.valueOf(tokens));
    return new Row(labels, Map.of(), "")
        .with("generated", speed)
        .with("completed", speed.as("rows/s", perSecond -> perSecond / tokens));
  }

  private void peers() throws IOException, InterruptedException {
    Path workload = bench.folder().resolve("peers-workload.json");
    MAPPER.writeValue(workload.toFile(), workload());
    Path answer = bench.folder().resolve("peers-answer.json");
    JsonNode found = python(bench, COMPLETE, workload, answer, SHARE);
    for (JsonNode node : found.path("rows")) {
      String who = node.path("peer").asText();
      Row about = Row.of("who", who, "device", node.path("how").asText("torch"));
      String error = node.path("error").asText();
      if (!error.isEmpty()) {
        rows.add(about.without(error));
        continue;
      }
      int tokens = node.path("new_tokens").asInt();
      Figure speed = figure(node.path("tokens_per_second"), "tok/s");
      rows.add(
          speeds(about, tokens, speed)
              .with("memory", Figure.of("GiB", node.path("memory_gib").asDouble())));
      if (who.startsWith(BESIDE)) {
        beside.put(tokens, speed.median());
        besideHow = node.path("how").asText();
      }
    }
    String error = found.path("error").asText();
    if (!error.isEmpty()) {
      rows.add(Row.of("who", "peers", "device", "torch").without(error));
    }
  }

  private void putBeside() {
    Output.Rows table =
        bench.out().table("beside", "Full depth beside D", "Generated tokens per second, medians.");
    beside.forEach(
        (tokens, peer) -> {
          for (String device : Devices.BOTH) {
            Double own = ours.get(device + ", " + tokens);
            if (own != null) {
              table.add(
                  Row.of("device", device, "new tokens", String.valueOf(tokens), "D is", besideHow)
                      .with("full_depth", Figure.of("tok/s", own))
                      .with("D", Figure.of("tok/s", peer))
                      .with("quotient", Figure.of("", own / peer)));
            }
          }
        });
  }

  private ObjectNode workload() {
    Sizes.Load load = sizes.peers();
    ObjectNode all = MAPPER.createObjectNode();
    ModelSpec spec = model.spec();
    all.putObject("model")
        .put("num_hidden_layers", spec.layers())
        .put("hidden_size", spec.hiddenSize())
        .put("intermediate_size", spec.intermediateSize())
        .put("num_attention_heads", spec.heads())
        .put("num_key_value_heads", spec.kvHeads())
        .put("head_dim", spec.headDim())
        .put("vocab_size", spec.vocabSize())
        .put("max_position_embeddings", spec.maxPositions());
    all.put("slots", load.slots()).put("repeats", sizes.repeats());
    ArrayNode lengths = all.putArray("new_tokens");
    outputs.forEach(lengths::add);
    ArrayNode ids = all.putArray("prompts");
    for (int[] prompt : prompts) {
      ArrayNode one = ids.addArray();
      for (int token : prompt) {
        one.add(token);
      }
    }
    return all;
  }

  /** Runs the script; what it did not write is an error. */
  private static JsonNode python(Bench bench, String verb, Path input, Path answer, double share)
      throws IOException, InterruptedException {
    double seconds = bench.out().secondsLeft() * share;
    if (seconds <= 0 || Commands.find(PYTHON).isEmpty()) {
      String why = seconds <= 0 ? "no time was left" : PYTHON + " is not on the PATH";
      return MAPPER.createObjectNode().put("error", why);
    }
    Files.deleteIfExists(answer);
    List<String> command =
        List.of(
            PYTHON,
            script(),
            verb,
            input.toString(),
            answer.toString(),
            String.valueOf((int) (seconds * .95)));
    Path log = bench.folder().resolve("python.log");
    int ended = Commands.run(command, log, seconds, () -> {});
    System.out.println(Files.readString(log, StandardCharsets.ISO_8859_1));
    if (Files.exists(answer)) {
      return MAPPER.readTree(answer.toFile());
    }
    String why = ended < 0 ? "the peers' time was over" : "the peers' script ended with " + ended;
    return MAPPER.createObjectNode().put("error", why);
  }

  private static Figure figure(JsonNode samples, String unit) {
    double[] values = new double[samples.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = samples.get(i).asDouble();
    }
    return Figure.of(unit, values);
  }
}
