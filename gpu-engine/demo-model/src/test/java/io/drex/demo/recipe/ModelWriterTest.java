package io.drex.demo.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.demo.recipe.FlatWeights.Kind;
import io.drex.demo.recipe.FlatWeights.Slice;
import io.drex.model.ConfidenceMetric;
import io.drex.model.LayerTensor;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import io.drex.model.ModelLoader;
import io.drex.model.RampFile;
import io.drex.model.RampSpec;
import io.drex.model.RopeSpec;
import io.drex.model.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelWriterTest {
  private static final ModelShape SHAPE = TestRecipe.shape(300);
  private static final FlatWeights LAYOUT = new FlatWeights(SHAPE);

  @TempDir private Path folder;
  private float[] weights = new float[0];

  @BeforeEach
  void write() throws IOException {
    weights = LAYOUT.initial(new SplittableRandom(1));
    ModelWriter.write(folder, LAYOUT, weights, List.of("map", "copy"));
  }

  @Test
  void theProductLoadsTheFolder() {
    LoadedModel model = ModelLoader.load(folder);
    assertThat(model.spec().layers()).isEqualTo(4);
    assertThat(model.spec().hiddenSize()).isEqualTo(16);
    assertThat(model.spec().kvHeads()).isEqualTo(2);
    assertThat(model.spec().intermediateSize()).isEqualTo(24);
    assertThat(model.spec().vocabSize()).isEqualTo(300);
    assertThat(model.spec().rmsNormEps()).isEqualTo(ModelShape.RMS_NORM_EPS);
    assertThat(model.spec().rope()).isEqualTo(RopeSpec.plain(ModelShape.ROPE_THETA));
    assertThat(model.spec().tiedHead()).isTrue();
    assertThat(model.stopTokens()).containsExactly(2);
    assertThat(RampFile.read(folder))
        .contains(
            new RampFile(
                List.of(
                    new RampSpec(1, ConfidenceMetric.MAX_PROB, .9f),
                    new RampSpec(3, ConfidenceMetric.MAX_PROB, .9f)),
                List.of("map", "copy"),
                "{}"));
    assertThat(folder.resolve("prompt-template.txt")).hasContent("{article}\nSummary:");
  }

  @Test
  void fusedColumnsArePartedAndTransposed() {
    LoadedModel model = ModelLoader.load(folder);
    int layer = 2;
    assertThat(value(model, layer, LayerTensor.Q, 7, 3)).isEqualTo(column(Kind.QKV, 7, 3));
    assertThat(value(model, layer, LayerTensor.K, 5, 3)).isEqualTo(column(Kind.QKV, 16 + 5, 3));
    assertThat(value(model, layer, LayerTensor.V, 5, 3)).isEqualTo(column(Kind.QKV, 16 + 8 + 5, 3));
    assertThat(value(model, layer, LayerTensor.O, 7, 3)).isEqualTo(column(Kind.O, 7, 3));
    assertThat(value(model, layer, LayerTensor.GATE, 20, 3)).isEqualTo(column(Kind.GATE_UP, 20, 3));
    assertThat(value(model, layer, LayerTensor.UP, 20, 3))
        .isEqualTo(column(Kind.GATE_UP, 24 + 20, 3));
    assertThat(value(model, layer, LayerTensor.DOWN, 7, 20)).isEqualTo(column(Kind.DOWN, 7, 20));
  }

  @Test
  void theSameWeightsGiveTheSameBytes() throws IOException {
    byte[] first = Files.readAllBytes(folder.resolve("model.safetensors"));
    ModelWriter.write(folder, LAYOUT, weights, List.of("map", "copy"));
    assertThat(folder.resolve("model.safetensors")).hasBinaryContent(first);
  }

  /** Bits of an element of layer 2's flat matrix, rounded. */
  private short column(Kind kind, int output, int input) {
    Slice slice = LAYOUT.slice(kind, 2);
    return Bfloat16.round(weights[slice.begin() + input * slice.columns() + output]);
  }

  private static short value(
      LoadedModel model, int layer, LayerTensor name, int output, int input) {
    Tensor tensor = model.tensor(ModelFamily.LLAMA.layer(layer, name));
    int columns = Math.toIntExact(tensor.shape().get(1));
    return tensor.data().getShort((output * columns + input) * Short.BYTES);
  }
}
