package io.drex.device.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SimBackendTest {
  @Test
  void namesAGpuAndAShape() {
    assertThat(SimBackend.named("sim:h200/llama-2-13b").name()).isEqualTo("sim:h200/llama-2-13b");
    assertThat(SimBackend.named("sim:b200/llama-3.1-8b@.3,.7").implementation())
        .isEqualTo("sim:b200/llama-3.1-8b@.3,.7-1");
    assertThat(SimBackend.isNamed("sim:noop")).isFalse();
  }

  @Test
  void saysWhichPartOfANameIsUnknown() {
    assertThatThrownBy(() -> SimBackend.named("sim:h1/llama-2-13b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "device sim:h1/llama-2-13b: unknown GPU 'h1';"
                + " known: rtx3090, rtx5090, a100, h200, b200");
    assertThatThrownBy(() -> SimBackend.named("sim:h200/gpt"))
        .hasMessage(
            "device sim:h200/gpt: unknown shape 'gpt';"
                + " known: llama-2-7b, llama-2-13b, llama-2-70b, qwen-14b, llama-3.1-8b,"
                + " tinyllama-1.1b");
    assertThatThrownBy(() -> SimBackend.named("sim:h200/qwen-14b@often"))
        .hasMessage("device sim:h200/qwen-14b@often: 'often' is not an exit rate such as .5");
    assertThatThrownBy(() -> SimBackend.named("sim:h200/qwen-14b@2"))
        .hasMessage("exit rates must be in [0, 1], not [2.0]");
  }
}
