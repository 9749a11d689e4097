package io.drex.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Holds the direction of imports inside an executor. */
class SparkArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.drex.spark");

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.drex.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void executorsKnowNothingOfTheDriverProgram() {
    noClasses().should().dependOnClassesThat().resideInAPackage("io.drex.job..").check(CLASSES);
  }

  @Test
  void devicesAndSchedulerAreTheEnginesBusiness() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.drex.schedule..", "io.drex.policy..", "io.drex.device.cpu..")
        .check(CLASSES);
  }
}
