package io.drex.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class OutputSchemaTest {
  private static final String VERSION_1 =
      "run_id STRING,id STRING,key BINARY,completion STRING,finish_reason STRING,"
          + "error STRUCT<code: STRING, message: STRING, retryable: BOOLEAN>,"
          + "prompt_tokens INT,completion_tokens INT,mean_exit_depth DOUBLE,total_ms DOUBLE,"
          + "exits STRUCT<depth_fraction: DOUBLE, by_ramp: ARRAY<INT>, early_fraction: DOUBLE,"
          + " min_confidence: FLOAT, involuntary_exits: INT, involuntary_stays: INT>,"
          + "token_depths ARRAY<SMALLINT>,token_confidences ARRAY<FLOAT>,"
          + "timing STRUCT<queue_ms: DOUBLE, first_token_ms: DOUBLE, total_ms: DOUBLE>,"
          + "model STRING,fingerprint STRING,attempt INT,prompt_sha256 STRING,"
          + "output_sha256 STRING";

  @Test
  void versionOneIsPinned() {
    assertThat(OutputSchema.VERSION).isEqualTo(1);
    assertThat(plain(OutputSchema.with(new StructType()))).isEqualTo(VERSION_1);
  }

  @Test
  void everyColumnHasAComment() {
    for (StructField field : OutputSchema.with(new StructType()).fields()) {
      assertThat(field.getComment().isDefined()).as(field.name()).isTrue();
    }
  }

  @Test
  void passThroughColumnsFollowAndAreNullable() {
    StructType keep = new StructType().add("section", DataTypes.StringType, false);
    StructType schema = OutputSchema.with(keep);
    assertThat(plain(schema)).isEqualTo(VERSION_1 + ",section STRING");
    assertThat(schema.apply("section").nullable()).isTrue();
  }

  private static String plain(StructType schema) {
    return String.join(
        ",",
        Arrays.stream(schema.fields())
            .map(
                field ->
                    field.name() + " " + field.dataType().sql().replaceAll(" COMMENT '[^']*'", ""))
            .toList());
  }
}
