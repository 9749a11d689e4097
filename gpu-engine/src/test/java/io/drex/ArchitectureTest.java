package io.drex;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Holds the direction of imports: arrow → engine → schedule → policy → model, device → model. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.drex");

  @Test
  void packagesHaveNoCycles() {
    check(slices().matching("io.drex.(**)").should().beFreeOfCycles());
  }

  @Test
  void theSchedulerIsPure() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage("io.drex.schedule..", "io.drex.policy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "java.io..",
                "java.nio..",
                "java.time..",
                "java.util.concurrent..",
                "java.util.random..",
                "org.slf4j..",
                "org.apache..",
                "io.drex.engine..",
                "io.drex.arrow..",
                "io.drex.tokenizer.."));
  }

  @Test
  void nothingBelowTheEngineKnowsIt() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                "io.drex.model..",
                "io.drex.device..",
                "io.drex.tokenizer..",
                "io.drex.policy..",
                "io.drex.cost..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.drex.engine..", "io.drex.schedule..", "io.drex.arrow.."));
  }

  @Test
  void theModelKnowsNoDevice() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.drex.model..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.drex.device..", "io.drex.policy.."));
  }

  @Test
  void onlyTheVectorKernelsUseTheIncubatorModule() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.drex.device.cpu.kernel..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jdk.incubator.."));
  }

  @Test
  void onlyItsPackageUsesOneDnn() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.drex.device.cpu.onednn..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco.."));
  }

  @Test
  void onlyOneDnnAndCublasAreReachedByJna() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("io.drex.device.cpu.onednn..", "io.drex.device.cuda.cublas..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.sun.jna.."));
  }

  @Test
  void onlyItsPackageUsesJcuda() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.drex.device.cuda.driver..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jcuda.."));
  }

  /** So that it can say what is missing, and loads nothing where there is no CUDA. */
  @Test
  void theDoorToCudaNamesNoneOfItsClasses() {
    check(
        noClasses()
            .that()
            .haveFullyQualifiedName("io.drex.device.cuda.driver.Cuda")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jcuda.."));
  }

  /** So that it can say that oneDNN's jars are missing. */
  @Test
  void theDoorToOneDnnNamesNoneOfItsClasses() {
    check(
        noClasses()
            .that()
            .haveSimpleName("OneDnn")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.bytedeco..", "com.sun.jna.."));
  }

  @Test
  void theEngineKnowsNoSpark() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "scala.."));
  }

  @Test
  void onlyArrowPackagesUseArrow() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.drex.arrow..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.arrow.."));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }
}
