package io.drex.job;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
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
}
