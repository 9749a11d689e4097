package io.drex.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The safetensors files of a model folder: {@code model.safetensors}, or the shards that {@code
 * model.safetensors.index.json} lists.
 *
 * @param names files in name order
 * @param index file by tensor name; empty for a single file
 */
record WeightFiles(ModelFolder folder, List<String> names, Map<String, String> index) {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final long MAX_INDEX_BYTES = 64L << 20;
  private static final Pattern SHARD = Pattern.compile("model-\\d+-of-\\d+\\.safetensors");
  private static final Pattern PICKLE = Pattern.compile(".*\\.(bin|pt|pth|ckpt|pkl)");

  /** Finds the files; each exists and lies in the folder. */
  static WeightFiles find(ModelFolder folder) {
    if (folder.has(INDEX)) {
      return sharded(folder);
    }
    if (folder.has(SINGLE)) {
      folder.file(SINGLE);
      return new WeightFiles(folder, List.of(SINGLE), Map.of());
    }
    List<String> pickles =
        folder.names().stream().filter(name -> PICKLE.matcher(name).matches()).toList();
    if (!pickles.isEmpty()) {
      throw new ModelException(
          pickles.get(0)
              + ": a pickle file, which can run code and is never opened; convert the model to "
              + SINGLE);
    }
    throw new ModelException(
        SINGLE + ": missing in " + folder.root() + ", and so is " + INDEX + "; copy the weights");
  }

  /** The files, and after them, in name order, those that hold the ramps' own heads. */
  List<String> namesWithHeads(List<RampSpec> ramps) {
    TreeSet<String> heads = new TreeSet<>();
    for (RampSpec ramp : ramps) {
      if (ramp.head() instanceof RampHead.Own own && !names.contains(own.file())) {
        heads.add(own.file());
      }
    }
    List<String> all = new ArrayList<>(names);
    all.addAll(heads);
    return all;
  }

  /** Maps every tensor of all files. */
  Map<String, Tensor> map() {
    Map<String, Tensor> all = new HashMap<>();
    for (String name : names) {
      Map<String, Tensor> tensors = Safetensors.map(folder.file(name), name);
      if (!index.isEmpty()) {
        checkShard(name, tensors);
      }
      all.putAll(tensors);
    }
    for (String tensor : index.keySet()) {
      if (!all.containsKey(tensor)) {
        throw new ModelException(
            INDEX + ": tensor '" + tensor + "' is not in its shard " + index.get(tensor));
      }
    }
    return all;
  }

  private void checkShard(String name, Map<String, Tensor> tensors) {
    for (String tensor : tensors.keySet()) {
      if (!name.equals(index.get(tensor))) {
        throw new ModelException(
            name + ": tensor '" + tensor + "' is not listed for this shard in " + INDEX);
      }
    }
  }

  private static WeightFiles sharded(ModelFolder folder) {
    JsonNode map = folder.json(INDEX, MAX_INDEX_BYTES).get("weight_map");
    if (!(map instanceof ObjectNode weightMap) || weightMap.isEmpty()) {
      throw new ModelException(INDEX + ": weight_map: missing, empty or not an object");
    }
    Map<String, String> index = new HashMap<>();
    for (Iterator<String> tensors = weightMap.fieldNames(); tensors.hasNext(); ) {
      String tensor = tensors.next();
      JsonNode shard = weightMap.get(tensor);
      if (!shard.isTextual()) {
        throw new ModelException(INDEX + ": weight_map." + tensor + ": not a file name");
      }
      index.put(tensor, shard.textValue());
    }
    List<String> shards = List.copyOf(new TreeSet<>(index.values()));
    shards.forEach(shard -> checkShardName(folder, shard));
    for (String name : folder.names()) {
      if (SHARD.matcher(name).matches() && !index.containsValue(name)) {
        throw new ModelException(
            name + ": not listed in " + INDEX + "; remove it or copy the matching index");
      }
    }
    return new WeightFiles(folder, shards, Map.copyOf(index));
  }

  private static void checkShardName(ModelFolder folder, String shard) {
    if (!shard.endsWith(".safetensors")) {
      throw new ModelException(INDEX + ": shard '" + shard + "' is not a .safetensors file");
    }
    try {
      folder.file(shard);
    } catch (ModelException e) {
      throw new ModelException(INDEX + ": shard " + e.getMessage(), e);
    }
  }
}
