package io.drex.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.TinyFolder;
import io.drex.device.TinyModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Heads that ramps have to themselves; M3 for their files. */
class RampHeadFileTest {
  private static final LoadedModel MODEL = TinyModel.withOwnHeads(1, DType.BF16);
  private static final String HEADS = "heads.safetensors";
  private static final String MORE = "more.safetensors";
  private static final int HIDDEN = MODEL.spec().hiddenSize();

  @TempDir Path dir;
  private Path folder;

  @BeforeEach
  void writeAGoodFolder() {
    folder = TinyFolder.write(MODEL, dir.resolve("model"), 2);
  }

  @Test
  void tellsTheKindsOfHeadsByTheirTensors() {
    LoadedModel loaded = ModelLoader.load(folder);

    assertThat(loaded.spec()).isEqualTo(MODEL.spec());
    assertThat(loaded.tensors()).hasSameSizeAs(MODEL.tensors());
    MODEL
        .tensors()
        .forEach(
            (name, tensor) ->
                assertThat(loaded.tensor(name).data()).as(name).isEqualTo(tensor.data()));
    assertThat(loaded.spec().ramps().stream().map(ramp -> loaded.spec().headShape(ramp.head())))
        .containsExactly(
            HeadShape.LINEAR, HeadShape.NORM_LINEAR, HeadShape.mlp(37), HeadShape.NORM_LINEAR);
  }

  @Test
  void rampsOfAnotherFileFindTheirHeadsInTheModelsFolder() {
    RampHead.Own second = new RampHead.Own(HEADS, "second");
    RampSpec ramp = new RampSpec(4, second, ConfidenceMetric.MAX_PROB, 0.5f);
    RampFile other = new RampFile(List.of(ramp), List.of(), "{}");

    LoadedModel loaded = ModelLoader.load(folder, other, "other.json");

    assertThat(loaded.spec().ramps()).containsExactly(ramp);
    assertThat(loaded.spec().headShape(second)).isEqualTo(HeadShape.NORM_LINEAR);
    assertThat(loaded.contentHash()).isNotEqualTo(ModelLoader.load(folder).contentHash());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "second.norm.weight|missing; expected shape [48]",
        "second.head.weight|missing; expected shape [101, 48]",
      })
  void refusesHeadsWithoutAllTheirTensors(String name, String message) throws IOException {
    Map<String, Tensor> tensors = tensors(HEADS);
    tensors.remove(name);
    write(HEADS, tensors);

    assertRefused(HEADS + ": " + name + ": " + message);
  }

  @Test
  void onePartOfAnMlpMakesItAnMlp() throws IOException {
    Map<String, Tensor> tensors = tensors(MORE);
    tensors.keySet().removeIf(name -> name.contains("up_proj") || name.contains("gate_proj"));
    write(MORE, tensors);

    assertThatThrownBy(() -> ModelLoader.load(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(" has 2 errors:")
        .hasMessageContaining(
            MORE + ": exits.3.mlp.gate_proj.weight: missing; expected shape [width, 48]")
        .hasMessageContaining(MORE + ": exits.3.mlp.up_proj.weight: missing");
  }

  @Test
  void theTensorsOfAnMlpMustFitEachOther() throws IOException {
    Map<String, Tensor> tensors = tensors(MORE);
    String up = "exits.3.mlp.up_proj.weight";
    tensors.put(up, zeros(up, 36, HIDDEN));
    write(MORE, tensors);
    assertRefused(MORE + ": " + up + ": shape [36, 48] is not [37, 48]");

    String gate = "exits.3.mlp.gate_proj.weight";
    tensors.put(gate, zeros(gate, HIDDEN));
    write(MORE, tensors);
    assertRefused(MORE + ": " + gate + ": shape [48] is not [width, 48]");
  }

  @Test
  void refusesANameThatTheFileDoesNotHave() throws IOException {
    Map<String, Tensor> tensors = tensors(HEADS);
    tensors.keySet().removeIf(name -> name.startsWith("second"));
    write(HEADS, tensors);

    assertRefused(
        HEADS + ": second: there is neither such a tensor nor one named second.head.weight");
  }

  @ParameterizedTest
  @CsvSource({
    "second.head.bias, heads.safetensors:second",
    "second.conv.weight, heads.safetensors:second",
    "first.bias, heads.safetensors:first.weight"
  })
  void refusesTensorsThatWouldBeIgnored(String name, String head) throws IOException {
    Map<String, Tensor> tensors = tensors(HEADS);
    tensors.put(name, zeros(name, HIDDEN));
    write(HEADS, tensors);

    assertRefused(HEADS + ": " + name + ": the head " + head + " has no such tensor");
  }

  @Test
  void headsOfNoRampMayLieInTheFile() throws IOException {
    Map<String, Tensor> tensors = tensors(HEADS);
    tensors.put("other.head.weight", zeros("other.head.weight", 3, HIDDEN));
    tensors.put("secondary.norm.weight", zeros("secondary.norm.weight", 1));
    write(HEADS, tensors);

    assertThat(ModelLoader.load(folder).spec()).isEqualTo(MODEL.spec());
  }

  @Test
  void refusesAHeadForAnotherVocabulary() throws IOException {
    Map<String, Tensor> tensors = tensors(HEADS);
    tensors.put("first.weight", zeros("first.weight", 100, HIDDEN));
    write(HEADS, tensors);

    assertRefused(HEADS + ": first.weight: shape [100, 48] is not [101, 48]");
  }

  @Test
  void refusesAMissingFile() throws IOException {
    Files.delete(folder.resolve(HEADS));

    assertThatThrownBy(() -> ModelLoader.load(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(
            "ramps.json: head heads.safetensors:first.weight: heads.safetensors: missing in ");
  }

  @Test
  void refusesALinkThatLeavesTheFolder() throws IOException {
    Path outside = Files.move(folder.resolve(HEADS), dir.resolve("outside.safetensors"));
    Files.createSymbolicLink(folder.resolve(HEADS), outside);

    assertThatThrownBy(() -> ModelLoader.load(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(
            "ramps.json: head heads.safetensors:first.weight: heads.safetensors: a link that leads");
  }

  @ParameterizedTest
  @CsvSource({"../outside.safetensors:x", "/etc/x.safetensors:x", "https://host/x.safetensors:x"})
  void refusesFilesOutsideTheFolder(String head) throws IOException {
    Files.writeString(
        folder.resolve("ramps.json"),
        "{\"ramps\": [{\"depth\": 2, \"threshold\": 0.5, \"head\": \"%s\"}]}".formatted(head));

    assertRefused(
        "ramps.json: ramps[0].head: file name '"
            + head.substring(0, head.length() - 2)
            + "' is not a plain name; model files must lie in the folder");
  }

  @Test
  void theHashChangesWithTheHeads() throws IOException {
    String before = ModelLoader.load(folder).contentHash();
    List<RampSpec> ramps = MODEL.spec().ramps();
    String withoutRamps = ModelLoader.hashWithoutRamps(folder, ramps);
    String withoutHeads = ModelLoader.hashWithoutRamps(folder, List.of());
    RampFile same = new RampFile(ramps, List.of(), "{}");
    String withOther = ModelLoader.load(folder, same, "r.json").contentHash();

    Map<String, Tensor> tensors = tensors(MORE);
    tensors.put("exits.3.norm.weight", zeros("exits.3.norm.weight", HIDDEN));
    write(MORE, tensors);

    assertThat(ModelLoader.load(folder).contentHash()).isNotEqualTo(before);
    assertThat(ModelLoader.load(folder, same, "r.json").contentHash()).isNotEqualTo(withOther);
    assertThat(ModelLoader.hashWithoutRamps(folder, ramps)).isNotEqualTo(withoutRamps);
    assertThat(ModelLoader.hashWithoutRamps(folder, List.of())).isEqualTo(withoutHeads);
  }

  private Map<String, Tensor> tensors(String file) {
    return new TreeMap<>(Safetensors.map(folder.resolve(file), file));
  }

  private void write(String file, Map<String, Tensor> tensors) throws IOException {
    // Written anew beside the mapped file, which must not change under its tensors.
    Path other = folder.resolve("written");
    TinyFolder.write(other, tensors);
    Files.delete(folder.resolve(file));
    Files.move(other, folder.resolve(file));
  }

  private static Tensor zeros(String name, long... shape) {
    int bytes = Float.BYTES;
    for (long size : shape) {
      bytes *= (int) size;
    }
    ByteBuffer data = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<Long> sizes = Arrays.stream(shape).boxed().toList();
    return new Tensor(name, DType.F32, sizes, data);
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> ModelLoader.load(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("model folder " + folder + ": " + message);
  }
}
