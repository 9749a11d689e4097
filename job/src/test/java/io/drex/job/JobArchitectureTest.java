package io.drex.job;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Holds the direction of imports inside the driver program. */
class JobArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.drex.job");

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.drex.job.(*)..").should().beFreeOfCycles().check(CLASSES);
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
