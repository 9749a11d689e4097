package io.drex.spark.model;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.model.ModelException;
import org.junit.jupiter.api.Test;

class ModelLocationTest {
  @Test
  void saysThatSyntheticModelsHaveNoText() {
    assertThatThrownBy(() -> ModelLocation.parse("synthetic:tinyllama-1.1b"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "synthetic:tinyllama-1.1b (random weights in the shape tinyllama-1.1b) has no"
                + " tokenizer: it reads and writes no text and only serves measurements of speed"
                + " (bench kernels); name a model folder or bundled:");
    assertThatThrownBy(() -> ModelLocation.parse("synthetic:gpt"))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("no synthetic model 'synthetic:gpt'; known shapes: llama-2-7b,");
  }
}
