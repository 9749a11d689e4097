package io.drex.golden;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.model.LoadedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The golden of the bundled model: unseen articles, and what a forward pass in double precision
 * makes of them. The CPU kernels agree with it within the tolerances below; an article with a
 * decision that lies within them, where single precision may rightly decide otherwise, is left out.
 *
 * @param model its name
 * @param contentHash its files' {@link LoadedModel#contentHash}
 * @param articlesLeftOut articles that were passed over before the last of the cases
 * @param cases by increasing index
 */
public record ModelGolden(
    String model, String contentHash, int articlesLeftOut, List<GoldenCase> cases) {
  /** How far a logit in single precision may be from the golden. */
  public static final double LOGIT_TOLERANCE = 1e-3;

  /** How far a confidence in single precision may be from the golden. */
  public static final double CONFIDENCE_TOLERANCE = 1e-4;

  private static final Path FILE =
      Path.of(System.getProperty("drex.root"))
          .resolve("gpu-engine/src/test/resources/io/drex/golden/demo-news/golden.json");
  private static final ObjectMapper JSON = new JsonMapper();

  /** The golden, after a check that it is of this model. */
  public static ModelGolden read(LoadedModel model) throws IOException {
    ModelGolden golden = JSON.readValue(FILE.toFile(), ModelGolden.class);
    if (!golden.contentHash.equals(model.contentHash())) {
      throw new AssertionError(
          "the golden is of another model than the bundled one; CONTRIBUTING.md says under"
              + " \"To replace the bundled model\" how it is computed anew");
    }
    return golden;
  }

  /** Writes this golden, one case a line. */
  public void write() throws IOException {
    ObjectNode head =
        JSON.valueToTree(new ModelGolden(model, contentHash, articlesLeftOut, List.of()));
    head.remove("cases");
    String open = head.toString().replaceFirst("}$", ",\"cases\":[\n");
    String lines =
        cases.stream()
            .map(oneCase -> JSON.valueToTree(oneCase).toString())
            .collect(Collectors.joining(",\n"));
    Files.createDirectories(FILE.getParent());
    Files.writeString(FILE, open + lines + "\n]}\n");
  }
}
