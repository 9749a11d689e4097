package io.drex.job.shard;

import io.drex.tokenizer.BadPromptException;
import io.drex.tokenizer.Prompt;
import io.drex.tokenizer.PromptTemplate;
import io.drex.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * How a run's rows become prompts.
 *
 * @param template the template's text
 * @param columns the columns that it names, in the order of the rows' columns
 */
public record Prompts(String template, List<String> columns, Tokenizer tokenizer) {
  public Prompts {
    columns = List.copyOf(columns);
  }

  /** Bytes of the template, which every prompt has. */
  long templateBytes() {
    return template.getBytes(StandardCharsets.UTF_8).length;
  }

  /**
   * Tokens per byte over some prompts; 0 if none of them can be read.
   *
   * @param samples the columns' values in their order, decoded leniently
   */
  double tokensPerByte(List<List<String>> samples) {
    PromptTemplate parsed = PromptTemplate.parse(template);
    long bytes = 0;
    long tokens = 0;
    for (List<String> values : samples) {
      try {
        Prompt prompt = parsed.render(column -> values.get(columns.indexOf(column)));
        tokens += tokenizer.encode(prompt).length;
        bytes += prompt.text().getBytes(StandardCharsets.UTF_8).length;
      } catch (BadPromptException e) {
        // An error row of its task, which says so.
      }
    }
    return bytes == 0 ? 0 : (double) tokens / bytes;
  }
}
