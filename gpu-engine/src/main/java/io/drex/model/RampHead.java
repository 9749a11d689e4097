package io.drex.model;

/** Which exit head turns a ramp's hidden states into logits. */
public sealed interface RampHead {
  /** The model's final norm and LM head. */
  RampHead SHARED = new Shared();

  /** As written in {@code ramps.json}. */
  String text();

  /** See {@link #SHARED}. */
  record Shared() implements RampHead {
    @Override
    public String text() {
      return "shared";
    }
  }

  /**
   * A head of the ramp's own, in a safetensors file of the model's folder. If the file has a tensor
   * of just this name, the head is that linear layer and nothing else; otherwise the names of its
   * tensors are {@code name} and a {@link HeadTensor#suffix}.
   *
   * @param file a plain name
   */
  record Own(String file, String name) implements RampHead {
    @Override
    public String text() {
      return file + ":" + name;
    }

    /** The name of a tensor of this head in {@link LoadedModel#tensors}. */
    public String tensor(HeadTensor tensor) {
      return text() + tensor.suffix();
    }
  }
}
