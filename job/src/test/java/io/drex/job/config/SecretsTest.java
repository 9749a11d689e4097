package io.drex.job.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SecretsTest {
  private static final String CANARY = "c4n4ry";

  @Test
  void masksCredentialsInUris() {
    assertThat(Secrets.mask("cannot open s3a://id:c4n4ry@bucket/x: no"))
        .isEqualTo("cannot open s3a://***@bucket/x: no");
    assertThat(Secrets.mask("abfs://x/y?sig=c4n4ry&a=1")).isEqualTo("abfs://x/y?sig=***&a=1");
  }

  @Test
  void masksPasswordsWithSlashes() {
    assertThat(Secrets.mask("s3a://id:c4/n4ry@bucket/x")).isEqualTo("s3a://***@bucket/x");
    assertThat(Secrets.mask("hdfs://host:8020/a/b@c")).isEqualTo("hdfs://host:8020/a/b@c");
  }

  @Test
  void sparkHidesSecretKeysAndLoginsAndShowsNumbersOfTokens() {
    Pattern hidden = Pattern.compile(Secrets.REDACTION);
    assertThat(
            List.of(
                "spark.hadoop.fs.s3a.secret.key",
                "spark.hadoop.fs.s3a.access.key",
                "spark.hadoop.fs.s3a.session.token",
                "AWS_SECRET_ACCESS_KEY",
                "spark.ssl.keyPassword",
                "s3a://id:c4n4ry@bucket/x"))
        .allMatch(text -> hidden.matcher(text).find());
    assertThat(
            List.of("spark.drex.sampling.maxNewTokens", "s3a://bucket/x", "hdfs://host:8020/a@b"))
        .noneMatch(text -> hidden.matcher(text).find());
  }

  @Test
  void masksAssignmentsOfSecretKeys() {
    assertThat(Secrets.mask("fs.s3a.secret.key=c4n4ry, fs.s3a.access.key: c4n4ry"))
        .doesNotContain(CANARY);
  }

  @Test
  void masksValuesOfForeignKeysThatSoundSecret() {
    assertThat(Secrets.mask("spark.hadoop.fs.s3a.session.token", CANARY)).isEqualTo("***");
    assertThat(Secrets.mask("spark.ssl.keyPassword", CANARY)).isEqualTo("***");
    assertThat(Secrets.mask("spark.executor.memory", "2g")).isEqualTo("2g");
  }

  @Test
  void leavesOrdinaryTextAlone() {
    String text = "--slots (spark.drex.engine.slots) must be at least 1, not '0'";
    assertThat(Secrets.mask(text)).isEqualTo(text);
  }
}
