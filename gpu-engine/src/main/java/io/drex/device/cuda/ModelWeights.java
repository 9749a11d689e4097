package io.drex.device.cuda;

import io.drex.device.HeldWeights;
import io.drex.device.HeldWeights.Held;
import io.drex.device.HeldWeights.Place;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import io.drex.model.RampHead;
import io.drex.model.RampSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's weights on the device; a tied LM head is the embedding itself.
 *
 * @param embedding an output is a token's embedding
 * @param layers layers of the same tensors share theirs. [layer]
 * @param heads the head after each segment; ramps may share one. [segment]
 */
record ModelWeights(Matrix embedding, LayerWeights[] layers, HeadWeights[] heads) {
  private static final String BF16 = "bf16";

  /**
   * What is held of a model on the device: matrices in bf16, whatever they were, vectors as floats.
   */
  static HeldWeights held(LoadedModel model) {
    return HeldWeights.of(
        model,
        tensor -> {
          List<Long> shape = tensor.shape();
          if (shape.size() == 1) {
            return new Held(Held.type(tensor), Place.DEVICE, tensor.elements() * Float.BYTES);
          }
          int outputs = Math.toIntExact(shape.get(0));
          int inputs = Math.toIntExact(shape.get(1));
          return new Held(BF16, Place.DEVICE, Matrix.bytes(outputs, inputs));
        });
  }

  static ModelWeights upload(LoadedModel model, WeightUpload upload) {
    ModelFamily family = model.spec().family();
    Matrix embedding = upload.matrix(model.tensor(family.embedding()));
    LayerWeights[] layers = new LayerWeights[model.spec().layers()];
    for (int i = 0; i < layers.length; i++) {
      int first = model.firstLike(i);
      layers[i] = first < i ? layers[first] : LayerWeights.upload(model, i, upload);
    }
    long finalNorm = upload.vectors(model.tensor(family.finalNorm()));
    Matrix lmHead =
        model.spec().tiedHead() ? embedding : upload.matrix(model.tensor(family.lmHead()));
    HeadWeights shared = new HeadWeights(null, finalNorm, lmHead);
    return new ModelWeights(embedding, layers, heads(model, shared, upload));
  }

  private static HeadWeights[] heads(LoadedModel model, HeadWeights shared, WeightUpload upload) {
    List<RampSpec> ramps = model.spec().ramps();
    Map<RampHead, HeadWeights> there = new HashMap<>(Map.of(RampHead.SHARED, shared));
    HeadWeights[] heads = new HeadWeights[ramps.size() + 1];
    for (int i = 0; i < ramps.size(); i++) {
      RampHead head = ramps.get(i).head();
      if (head instanceof RampHead.Own own && !there.containsKey(own)) {
        there.put(own, HeadWeights.upload(model, own, upload));
      }
      heads[i] = there.getOrDefault(head, shared);
    }
    heads[ramps.size()] = shared;
    return heads;
  }
}
