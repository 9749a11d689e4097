package io.drex.device.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.cost.CostTableFile;
import io.drex.device.CacheGeometry;
import io.drex.device.DeviceException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.KvFill;
import io.drex.device.TinyModel;
import io.drex.model.ConfidenceMetric;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import io.drex.policy.CostTable;
import io.drex.policy.Gpu;
import io.drex.policy.ModelShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedSimBackendTest {
  private static final LoadedModel TWO_RAMPS = TinyModel.random(1, DType.F32);

  @TempDir Path folder;

  @Test
  void namesAFileAndRates() throws IOException {
    String name = "sim:" + saved(10, 20) + "@.3,.7";
    assertThat(SavedSimBackend.isNamed(name)).isTrue();
    assertThat(SavedSimBackend.named(name).implementation()).isEqualTo(name + "-1");
    assertThat(SavedSimBackend.isNamed("sim:h200/llama-2-13b@.3")).isFalse();
    assertThat(SavedSimBackend.isNamed("cost.json")).isFalse();
  }

  @Test
  void aFileMayLieInAFolderWithAnAtSign() throws IOException {
    Path home = Files.createDirectory(folder.resolve("me@example.com"));
    Path file = Files.move(saved(10, 20), home.resolve("costs.json"));
    for (String rates : List.of("", "@.3,.7")) {
      String name = "sim:" + file + rates;
      assertThat(SavedSimBackend.isNamed(name)).as(name).isTrue();
      assertThat(SavedSimBackend.named(name).name()).isEqualTo(name);
    }
  }

  @Test
  void runsAModelThatIsCutLikeTheTableOrNotAtAll() throws IOException {
    SavedSimBackend backend = SavedSimBackend.named("sim:" + saved(10, 20));
    open(backend, TWO_RAMPS).close();
    open(backend, TWO_RAMPS.withSpec(TWO_RAMPS.spec().withRamps(List.of()))).close();
  }

  @Test
  void refusesAModelThatIsCutOtherwise() throws IOException {
    String name = "sim:" + saved(20);
    SavedSimBackend backend = SavedSimBackend.named(name);
    assertThatThrownBy(() -> open(backend, TWO_RAMPS))
        .isInstanceOf(DeviceException.class)
        .hasMessage(
            "device "
                + name
                + ": its cost table has 2 segments, but the model is cut into 3; choose ramps with"
                + " --ramps, or a table that was written with these");
  }

  @Test
  void saysWhatIsWrongWithTheFile() throws IOException {
    Path absent = folder.resolve("absent.json");
    assertThatThrownBy(() -> SavedSimBackend.named("sim:" + absent))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "device sim:%s: there is no file %s; --cost-table FILE writes one", absent, absent);
    Path garbled = Files.writeString(folder.resolve("garbled.json"), "{\"name\": ");
    assertThatThrownBy(() -> SavedSimBackend.named("sim:" + garbled))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "device sim:" + garbled + ": " + garbled + " is not valid JSON: Unexpected end");
    assertThatThrownBy(() -> SavedSimBackend.named("sim:" + garbled + "@often"))
        .hasMessage("device sim:" + garbled + "@often: 'often' is not an exit rate such as .5");
  }

  private Path saved(int... rampDepths) throws IOException {
    Path file = folder.resolve("costs.json");
    CostTableFile.write(CostTable.modelled(Gpu.H200, ModelShape.LLAMA_2_13B, rampDepths), file);
    return file;
  }

  private static DeviceModel open(SavedSimBackend backend, LoadedModel model) {
    CacheGeometry cache = new CacheGeometry(model.spec().ramps().size() + 1, 16, 4);
    return backend.open(
        model, new DeviceOptions(cache, KvFill.MAP, ConfidenceMetric.MARGIN, 2, 64, 4, 6, 1));
  }
}
