package io.drex.job.bench;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * The runs that a table compares, in its order.
 *
 * @param byVariant as many runs of each, run i of one to be compared with run i of the others
 * @param <V> what they differ in
 * @param <R> what a run left
 */
record Runs<V, R>(Map<V, List<R>> byVariant) {
  Runs {
    byVariant = Collections.unmodifiableMap(new LinkedHashMap<>(byVariant)); // keeps the order
  }

  /** The runs of one variant. */
  List<R> of(V variant) {
    List<R> runs = byVariant.get(variant);
    if (runs == null) {
      throw new IllegalArgumentException("there are no runs of " + variant);
    }
    return runs;
  }

  /** A figure of a variant's runs. */
  Repeats figure(V variant, ToDoubleFunction<? super R> figure) {
    return Repeats.of(of(variant), figure);
  }

  /**
   * Run by run the largest figure among the variants but for two; {@link Repeats#NONE} if none of
   * them is fair.
   *
   * @param fair what all runs of a variant must be
   */
  Repeats best(V not, V norThis, Predicate<? super R> fair, ToDoubleFunction<? super R> figure) {
    return byVariant.keySet().stream()
        .filter(variant -> !variant.equals(not) && !variant.equals(norThis))
        .filter(variant -> of(variant).stream().allMatch(fair))
        .map(variant -> figure(variant, figure))
        .reduce((one, other) -> one.with(other, Math::max))
        .orElse(Repeats.NONE);
  }

  /** Calls with each variant and its runs. */
  void forEach(BiConsumer<V, List<R>> action) {
    byVariant.forEach(action);
  }
}
