package io.drex.spark.engine;

import io.drex.device.DeviceLostException;
import io.drex.engine.DrexEngine;
import io.drex.model.LoadedModel;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.model.ModelCache;
import io.drex.tokenizer.BadPromptException;
import io.drex.tokenizer.PromptTemplate;
import io.drex.tokenizer.Tokenizer;
import java.util.concurrent.atomic.AtomicInteger;

/** Engines on the no-op device that do not survive prompts which begin with {@value #POISON}. */
public final class PoisonedEngines {
  /** The first word of a prompt that is poison. */
  public static final String POISON = "Poison";

  private static final String TEMPLATE = "{text}\nSummary:";

  private final AtomicInteger opened = new AtomicInteger();
  private final Runnable effect;
  private final EngineHolder holder;

  /**
   * @param effect of poison, on the engine's thread
   */
  public PoisonedEngines(Runnable effect) {
    this.effect = effect;
    holder = new EngineHolder((config, host) -> OpenEngine.open(config, host, this::start));
  }

  /** What a device does that cannot be used any more. */
  public static void lose() {
    throw new DeviceLostException("poisoned");
  }

  public EngineHolder holder() {
    return holder;
  }

  /** Engines opened so far. */
  public int opened() {
    return opened.get();
  }

  private DrexEngine start(LoadedModel model, DrexConfig config, ExecutorHost host) {
    opened.incrementAndGet();
    Tokenizer tokenizer =
        Tokenizer.open(ModelCache.of(config, host.hadoop()).stage(config).folder());
    int[] poison = tokens(tokenizer, POISON);
    int[] other = tokens(tokenizer, "The");
    int position = 0;
    while (poison[position] == other[position]) {
      position++;
    }
    return DrexEngine.open(
        model,
        EngineSettings.options(config, host.cores()),
        new PoisonBackend(poison[position], position, effect));
  }

  private static int[] tokens(Tokenizer tokenizer, String text) {
    try {
      return tokenizer.encode(PromptTemplate.parse(TEMPLATE).render(column -> text), 100);
    } catch (BadPromptException e) {
      throw new AssertionError(e);
    }
  }
}
