package io.drex.job;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.jsontype.PolymorphicTypeValidator;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ObjectInputStream;
import java.time.Duration;
import java.time.temporal.Temporal;
import org.junit.jupiter.api.Test;

/** Holds the direction of imports over all modules: this one sees them all. */
class JobArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.drex");

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.drex.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void executorsAndEngineKnowNothingOfTheDriverProgram() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.drex.job..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.drex.job..")
        .check(CLASSES);
  }

  @Test
  void theEngineKnowsNoSparkAndNoHadoop() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.drex.job..", "io.drex.spark..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "io.drex.spark..")
        .check(CLASSES);
  }

  /**
   * J24: durations come from the monotonic clock, so that a clock that is set back changes none.
   */
  @Test
  void nobodyMeasuresByTheWallClock() {
    noClasses().should().callMethod(System.class, "currentTimeMillis").check(CLASSES);
    noClasses()
        .that()
        .haveSimpleNameNotEndingWith("StatusVerb") // shows how old a status is, never less than 0
        .and()
        .haveSimpleNameNotEndingWith("StopSources") // how far away a moment is that users named
        .should()
        .callMethod(Duration.class, "between", Temporal.class, Temporal.class)
        .check(CLASSES);
  }

  @Test
  void nobodyOpensAPort() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.net\\.ServerSocket|java\\.nio\\.channels\\.ServerSocketChannel"
                + "|com\\.sun\\.net\\.httpserver\\..*|io\\.netty\\.bootstrap\\..*")
        .because("metrics are a page of Spark's own UI")
        .check(CLASSES);
  }

  @Test
  void whatReadsAndWritesTablesKnowsNoVerbs() {
    noClasses()
        .that()
        .resideInAnyPackage("io.drex.job.input..", "io.drex.job.output..", "io.drex.job.storage..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.drex.job.cli..", "io.drex.job.run..")
        .check(CLASSES);
  }

  @Test
  void nobodyReadsSerializedJavaObjects() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ObjectInputStream.class)
        .check(CLASSES);
  }

  @Test
  void jsonNamesNoJavaClasses() {
    noClasses()
        .should()
        .dependOnClassesThat(assignableTo(PolymorphicTypeValidator.class))
        .orShould()
        .dependOnClassesThat(assignableTo(TypeResolverBuilder.class))
        .orShould()
        .dependOnClassesThat(assignableTo(JsonTypeInfo.class))
        .orShould()
        .callMethodWhere(target(nameMatching("(activate|enable)DefaultTyping.*")))
        .check(CLASSES);
  }
}
