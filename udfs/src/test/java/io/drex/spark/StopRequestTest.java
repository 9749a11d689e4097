package io.drex.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopRequestTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final Configuration hadoop = new Configuration();
  private long now;

  @TempDir java.nio.file.Path folder;
  private Path file = new Path("unset");
  private StopRequest request =
      new StopRequest(file, hadoop, Duration.ofSeconds(20), System::nanoTime);

  @BeforeEach
  void open() {
    file = new Path(folder.resolve("run/_stop").toUri());
    request = new StopRequest(file, hadoop, Duration.ofSeconds(20), () -> now);
  }

  @Test
  void isSeenASecondLaterAtTheLatest() throws IOException {
    assertThat(request.isMade()).isFalse();
    StopRequest.make(file, hadoop);
    now += SECOND - 1;
    assertThat(request.isMade()).as("looked too often").isFalse();
    now += 1;
    assertThat(request.isMade()).isTrue();
  }

  @Test
  void staysMadeWhenItsFileIsGone() throws IOException {
    StopRequest.make(file, hadoop);
    assertThat(request.isMade()).isTrue();
    Files.delete(folder.resolve("run/_stop"));
    now += 5 * SECOND;
    assertThat(request.isMade()).isTrue();
  }

  @Test
  void isOverdueOnceTheGraceHasPassed() throws IOException {
    assertThat(request.isOverdue()).isFalse();
    StopRequest.make(file, hadoop);
    now += SECOND;
    assertThat(request.isOverdue()).isFalse();
    now += 20 * SECOND - 1;
    assertThat(request.isOverdue()).isFalse();
    now += 1;
    assertThat(request.isOverdue()).isTrue();
  }

  @Test
  void mayBeMadeAgain() throws IOException {
    StopRequest.make(file, hadoop);
    StopRequest.make(file, hadoop);
    assertThat(request.isMade()).isTrue();
  }

  @Test
  void aStoreThatCannotBeAskedDoesNotStopTheTask() {
    Path nowhere = new Path("unknownscheme://host/_stop");
    StopRequest unasked = new StopRequest(nowhere, hadoop, Duration.ZERO, () -> now);
    assertThat(unasked.isMade()).isFalse();
    assertThat(unasked.isOverdue()).isFalse();
  }
}
