package io.drex.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.drex.spark.LocalSpark;
import io.drex.spark.quality.RougeVariant;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchNamespaceException;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrexFunctionsTest {
  private static final SparkSession SPARK = LocalSpark.session().newSession();

  @BeforeAll
  static void turnOn() {
    SPARK.conf().set("spark.sql.catalog.drex", DrexFunctions.class.getName());
    SPARK.conf().set("spark.sql.codegen.fallback", false);
    StructType texts =
        new StructType().add("id", "int").add("completion", "string").add("reference", "string");
    SPARK
        .createDataFrame(
            List.of(
                RowFactory.create(0, "a b c d e", "a x c y e z"),
                RowFactory.create(1, "One fire.", " One fire.\n"),
                RowFactory.create(2, null, "a b"),
                RowFactory.create(3, "a b", null),
                RowFactory.create(4, "", "a b")),
            texts)
        .repartition(2)
        .createOrReplaceTempView("results");
  }

  @ParameterizedTest
  @ValueSource(strings = {"CODEGEN_ONLY", "NO_CODEGEN"})
  void scoresRowsAndLeavesNullsNull(String mode) {
    SPARK.conf().set("spark.sql.codegen.factoryMode", mode);
    SPARK.conf().set("spark.sql.codegen.wholeStage", mode.equals("CODEGEN_ONLY"));
    try {
      List<Row> rows =
          rows(
              "SELECT drex.rouge_1(completion, reference), drex.rouge_2(completion, reference),"
                  + " drex.rouge_l(completion, reference), drex.rouge_lsum(completion, reference),"
                  + " drex.exact_match(completion, reference) FROM results ORDER BY id");
      double common = 2. * 3 / (5 + 6);
      assertThat(rows.get(0)).isEqualTo(RowFactory.create(common, 0., common, common, false));
      assertThat(rows.get(1)).isEqualTo(RowFactory.create(1., 1., 1., 1., true));
      assertThat(rows.get(2)).isEqualTo(RowFactory.create(null, null, null, null, null));
      assertThat(rows.get(3)).isEqualTo(rows.get(2));
      assertThat(rows.get(4)).isEqualTo(RowFactory.create(0., 0., 0., 0., false));
    } finally {
      SPARK.conf().unset("spark.sql.codegen.factoryMode");
      SPARK.conf().unset("spark.sql.codegen.wholeStage");
    }
  }

  @Test
  void averagesTheRowsOfAGroupThatHaveAScore() {
    List<Row> groups =
        rows(
            "SELECT id < 2, drex.avg_rouge_l(completion, reference), count(*) FROM results"
                + " GROUP BY ALL ORDER BY ALL");
    assertThat(groups.get(0)).isEqualTo(RowFactory.create(false, 0., 3L));
    assertThat(groups.get(1).getDouble(1)).isCloseTo((6. / 11 + 1) / 2, within(1e-12));
    assertThat(
            rows("SELECT drex.avg_rouge_1(completion, reference) FROM results WHERE id IN (2, 3)"))
        .containsExactly(RowFactory.create((Object) null));
  }

  @Test
  void statesOfGroupsAreReadWithoutTheJobsJar() {
    double[] state = new AverageRougeFunction(RougeVariant.ROUGE_1).newAggregationState();
    assertThat(state.getClass().getClassLoader())
        .as("Spark reads states with a class loader that does not see jars of --jars")
        .isNull();
  }

  @Test
  void namesAreFoundInUpperCaseAndNullsNeedNoType() {
    assertThat(rows("SELECT drex.ROUGE_L('a', 'a'), drex.rouge_l('a', NULL)"))
        .containsExactly(RowFactory.create(1., null));
  }

  @Test
  void otherTypesAreRefusedWithWhatToDo() {
    assertRefused(
        "SELECT drex.rouge_l(id, reference) FROM results",
        "rouge_l takes (prediction STRING, reference STRING), but is called with (INT, STRING);"
            + " name two columns of text, or CAST(… AS STRING) what is none");
    assertRefused(
        "SELECT drex.avg_rouge_2(completion, array(reference)) FROM results",
        "avg_rouge_2 takes (prediction STRING, reference STRING), but is called with (STRING,"
            + " ARRAY<STRING>); name two columns");
    assertRefused(
        "SELECT drex.exact_match(completion) FROM results",
        "exact_match takes (prediction STRING, reference STRING), but is called with (STRING);");
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertRefused("SELECT drex.bleu('a', 'b')", "`drex`.`bleu`");
    assertRefused("SELECT drex.scores.rouge_l('a', 'b')", "`drex`.`scores`.`rouge_l`");
    assertThatThrownBy(() -> catalog().listFunctions(new String[] {"scores"}))
        .isInstanceOf(NoSuchNamespaceException.class)
        .hasMessageContaining("`drex`.`scores`");
  }

  @Test
  void listsItsFunctionsWithTheirTypes() throws Exception {
    DrexFunctions catalog = catalog();
    assertThat(catalog.name()).isEqualTo("drex");
    List<String> descriptions = new ArrayList<>();
    for (Identifier identifier : catalog.listFunctions(new String[0])) {
      assertThat(catalog.functionExists(identifier)).isTrue();
      descriptions.add(catalog.loadFunction(identifier).description());
    }
    assertThat(descriptions)
        .hasSize(9)
        .contains(
            "rouge_l(prediction STRING, reference STRING) → DOUBLE",
            "avg_rouge_l(prediction STRING, reference STRING) → DOUBLE",
            "exact_match(prediction STRING, reference STRING) → BOOLEAN");
    assertThat(rows("SHOW USER FUNCTIONS IN drex"))
        .hasSize(9)
        .contains(RowFactory.create("drex.rouge_l"));
  }

  private static DrexFunctions catalog() {
    DrexFunctions catalog = new DrexFunctions();
    catalog.initialize("drex", CaseInsensitiveStringMap.empty());
    return catalog;
  }

  private static List<Row> rows(String query) {
    return SPARK.sql(query).collectAsList();
  }

  private static void assertRefused(String query, String message) {
    assertThatThrownBy(() -> rows(query))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining(message);
  }
}
