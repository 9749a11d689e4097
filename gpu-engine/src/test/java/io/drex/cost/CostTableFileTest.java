package io.drex.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.policy.CostTable;
import io.drex.policy.Gpu;
import io.drex.policy.ModelShape;
import io.drex.policy.SegmentCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CostTableFileTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("costs.json");
  }

  @Test
  void aTableComesBackAsItWas() throws IOException {
    SegmentCost fitted = new SegmentCost.Fitted(1, 2, 3, 4, 5, 6, 7, .125);
    CostTable modelled = CostTable.modelled(Gpu.H200, ModelShape.LLAMA_2_13B, 10);
    for (CostTable table : List.of(modelled, new CostTable("mine", List.of(fitted, fitted)))) {
      CostTableFile.write(table, file);
      assertThat(CostTableFile.read(file)).isEqualTo(table);
    }
  }

  @Test
  void saysWhatIsWrongAndWhere() throws IOException {
    String fitted =
        "\"kind\":\"fitted\",\"call\":1,\"decodeRow\":2,\"promptRow\":3,\"rowBeyond8\":4,"
            + "\"rowBeyond32\":5,\"rowBeyond128\":6,\"contextToken\":7";
    refuses("[", " is not valid JSON: ");
    refuses("{}", " is not a cost table: it needs a name and segments");
    refuses("{\"name\":\"x\",\"segments\":[]}", ": cost table x has no segments");
    refuses(table("5"), ": segment 0 has no kind that is known: roofline or fitted");
    refuses(table("{\"kind\":\"guessed\"}"), ": segment 0 has no kind that is known");
    refuses(
        table("{" + fitted + ",\"headRow\":-1}"), ": segment 0: -1 is not a number of at least 0");
    refuses(
        table("{" + fitted + ",\"headRow\":1e999}"),
        ": segment 0: \"Infinity\" is not a number of at least 0");
    refuses(table("{" + fitted + "}"), ": segment 0: Missing creator property 'headRow'");
    refuses(table("{" + fitted + ",\"headRow\":1,\"x\":1}"), ": segment 0: Unrecognized field");
  }

  private static String table(String segment) {
    return "{\"name\":\"x\",\"segments\":[" + segment + "]}";
  }

  private void refuses(String json, String message) throws IOException {
    Files.writeString(file, json);
    assertThatThrownBy(() -> CostTableFile.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file + message);
  }
}
