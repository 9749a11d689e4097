package io.drex.device;

import io.drex.model.LoadedModel;
import java.util.List;

/** Decodes one sequence at a time: what every schedule must reproduce. */
public final class SoloDecoder {
  private static final int CHUNK = 16;

  private SoloDecoder() {}

  /** The first {@code tokens} tokens after a prompt; stop tokens do not stop. */
  public static List<LockstepDecoder.Step> decode(
      DeviceBackend backend, LoadedModel model, KvFill fill, int[] prompt, int tokens) {
    DeviceOptions options = LockstepDecoder.options(model.spec(), fill, 1, 1);
    try (DeviceModel device = backend.open(model, options)) {
      return decode(device, model, options, prompt, tokens);
    }
  }

  /** As above, on an open model whose KV cache is not in use. */
  public static List<LockstepDecoder.Step> decode(
      DeviceModel device, LoadedModel model, DeviceOptions options, int[] prompt, int tokens) {
    LockstepDecoder decoder = new LockstepDecoder(device, model.spec(), options, prompt.length);
    decoder.prefill(List.of(prompt), CHUNK);
    while (decoder.steps(0).size() < tokens) {
      decoder.step();
    }
    return decoder.steps(0);
  }
}
