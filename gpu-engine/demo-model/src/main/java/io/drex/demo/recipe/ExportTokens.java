package io.drex.demo.recipe;

import io.drex.demo.corpus.ArticleGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The command that writes the tokenised corpus for {@code train.py}: a model folder without weights
 * and, in safetensors, {@code train.safetensors} and {@code validation.safetensors}, each with
 *
 * <ul>
 *   <li>{@code tokens}: I32, all samples one after the other
 *   <li>{@code offsets}: I32, [samples + 1]: where each sample begins; the last one is the end
 *   <li>{@code summary_starts}: I32, [samples]: the summary's first token, counted from its sample
 * </ul>
 */
@Command(
    name = "export-tokens",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = "Writes the tokenised corpus for train.py.")
public final class ExportTokens implements Callable<Integer> {
  private static final int FAILURE = 1;

  @Option(names = "--out", required = true, description = "The folder to write.")
  private Path out;

  @Option(names = "--articles", defaultValue = "200000", description = "Articles to train on.")
  private int articles;

  @Option(
      names = "--validation-articles",
      defaultValue = "200",
      description = "Articles to validate on.")
  private int validationArticles;

  @Option(names = "--first-index", defaultValue = "0", description = "The first article's index.")
  private long firstIndex;

  @Mixin private ShapeOptions shape;

  /** Runs the command and ends the JVM with its exit code: 0 done, 1 failed, 2 wrong usage. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs the command and returns its exit code. */
  static int run(String... args) {
    return new CommandLine(new ExportTokens())
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println("export-tokens: " + failure);
              return FAILURE;
            })
        .execute(args);
  }

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(out);
    SampleReader reader = SampleReader.train(out, firstIndex, shape);
    ModelWriter.writeAllButWeights(out, shape.shape(reader.vocab()), List.of());
    write("train", reader, firstIndex, articles);
    write("validation", reader, ArticleGenerator.VALIDATION_FIRST, validationArticles);
    return 0;
  }

  private void write(String name, SampleReader reader, long first, int count) throws IOException {
    int[] offsets = new int[count + 1];
    int[] starts = new int[count];
    int[] tokens = new int[1 << 20];
    for (int i = 0; i < count; i++) {
      Sample sample = reader.sample(first + i);
      starts[i] = sample.summaryStart();
      offsets[i + 1] = Math.addExact(offsets[i], sample.ids().length);
      if (offsets[i + 1] > tokens.length) {
        tokens = Arrays.copyOf(tokens, Math.multiplyExact(2, tokens.length));
      }
      System.arraycopy(sample.ids(), 0, tokens, offsets[i], sample.ids().length);
    }
    new SafetensorsWriter()
        .ints("tokens", Arrays.copyOf(tokens, offsets[count]), offsets[count])
        .ints("offsets", offsets, offsets.length)
        .ints("summary_starts", starts, starts.length)
        .write(out.resolve(name + ".safetensors"));
  }
}
