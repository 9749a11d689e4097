package io.drex.job.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests that docs/faults.md names are there. */
class FaultsDocTest {
  private static final Path ROOT = Path.of(System.getProperty("drex.root", ".."));
  private static final Pattern ROW = Pattern.compile("\\| ([EJIS]\\d+): .*\\| ([^|]*) \\|");
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");
  private static final Pattern LINK = Pattern.compile("\\[[^]]+]\\([^)]+\\)");

  @Test
  void everyFaultNamesTestsThatExist() throws IOException {
    Map<String, Path> classes = testClasses();
    List<String> faults = new ArrayList<>();
    for (String line : Files.readAllLines(ROOT.resolve("docs/faults.md"))) {
      ROW.matcher(line)
          .results()
          .forEach(
              row -> {
                faults.add(row.group(1));
                check(row.group(1), row.group(2), classes);
              });
    }
    assertThat(faults).doesNotHaveDuplicates().contains("E16", "J1", "J27", "I8", "S7");
    assertThat(faults).filteredOn(name -> name.startsWith("J")).hasSize(27);
    assertThat(faults).filteredOn(name -> name.startsWith("S")).hasSize(7);
  }

  private static void check(String fault, String tests, Map<String, Path> classes) {
    List<MatchResult> named = TEST.matcher(tests).results().toList();
    assertThat(!named.isEmpty() || LINK.matcher(tests).find()).as("tests of %s", fault).isTrue();
    for (MatchResult test : named) {
      assertThat(classes).as(fault).containsKey(test.group(1));
      if (test.group(2) != null) {
        assertThat(source(test.group(1), classes))
            .as("%s: %s", fault, test.group())
            .contains("void " + test.group(2) + "(");
      }
    }
  }

  private static String source(String name, Map<String, Path> classes) {
    try {
      return Files.readString(classes.getOrDefault(name, Path.of(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Path> testClasses() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().contains("/src/test/java/"))
          .filter(file -> file.toString().endsWith("Test.java"))
          .collect(
              Collectors.toMap(
                  file -> file.getFileName().toString().replace(".java", ""),
                  file -> file,
                  (one, other) -> one));
    }
  }
}
