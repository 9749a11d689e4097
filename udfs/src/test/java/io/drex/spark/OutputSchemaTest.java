package io.drex.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class OutputSchemaTest {
  private static final String VERSION_1 =
      "run_id string,id string,key binary,completion string,finish_reason string,"
          + "error struct<code:string,message:string,retryable:boolean>,"
          + "prompt_tokens int,completion_tokens int,mean_exit_depth double,total_ms double,"
          + "exits struct<depth_fraction:double,by_ramp:array<int>,early_fraction:double,"
          + "min_confidence:float,involuntary_exits:int,involuntary_stays:int>,"
          + "token_depths array<smallint>,token_confidences array<float>,"
          + "timing struct<queue_ms:double,first_token_ms:double,total_ms:double>,"
          + "model string,fingerprint string,attempt int,prompt_sha256 string,"
          + "output_sha256 string";

  /** Appended since. */
  private static final String OWN =
      VERSION_1
          + ",token_log_probs array<float>"
          + ",ramp_trace struct<sequence_key:bigint,ramp_confidences:array<array<float>>>";

  @Test
  void versionOneIsPinned() {
    assertThat(OutputSchema.VERSION).isEqualTo(1);
    assertThat(plain(OutputSchema.with(new StructType()))).isEqualTo(OWN);
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
    assertThat(plain(schema)).isEqualTo(OWN + ",section string");
    assertThat(schema.apply("section").nullable()).isTrue();
  }

  private static String plain(StructType schema) {
    return String.join(
        ",",
        Arrays.stream(schema.fields())
            .map(field -> field.name() + " " + field.dataType().catalogString())
            .toList());
  }
}
