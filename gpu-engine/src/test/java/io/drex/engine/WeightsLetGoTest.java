package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.TinyModel;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an engine has packed it does not hold a second time, as it lies in the model's files. */
@Timeout(60)
class WeightsLetGoTest {
  private static final int MOST_COLLECTIONS = 20;

  private final List<WeakReference<LoadedModel>> models = new ArrayList<>();

  @Test
  void anOpenEngineKeepsNoTensors() {
    try (DrexEngine engine = open()) {
      WeakReference<LoadedModel> model = models.get(0);
      for (int i = 0; i < MOST_COLLECTIONS && model.get() != null; i++) {
        System.gc();
      }
      assertThat(model.get()).isNull();
      assertThat(engine.lost()).isNull();
    }
  }

  private DrexEngine open() {
    LoadedModel model = TinyModel.random(1, DType.BF16);
    models.add(new WeakReference<>(model));
    EngineOptions options =
        EngineOptions.defaults().withDevice("cpu:scalar").withThreads(2).withMeasureMillis(0);
    return DrexEngine.open(model, options);
  }
}
