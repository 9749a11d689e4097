package io.drex.spark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.model.BundledModel;
import io.drex.model.LoadedModel;
import io.drex.model.ModelException;
import io.drex.model.ModelLoader;
import io.drex.spark.Await;
import io.drex.spark.conf.DrexConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCacheTest {
  private static final long ENOUGH = 1L << 40;

  @TempDir Path folder;
  private final Configuration hadoop = FakeHdfs.configuration();

  @Test
  void twoThreadsMakeOneCopy() throws Exception {
    Path source = remoteModel();
    CyclicBarrier start = new CyclicBarrier(2);
    List<CompletableFuture<Path>> copies =
        Stream.of(1, 2)
            .map(
                thread ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          await(start);
                          return cache(ENOUGH).stage(config("hdfs://fake" + source)).folder();
                        }))
            .toList();
    assertThat(copies.get(0).get()).isEqualTo(copies.get(1).get());
    assertThat(FakeHdfs.OPENED).hasValue(files(source).size());
    assertThat(files(copies.get(0).get())).isEqualTo(files(source));
    assertThat(Files.getPosixFilePermissions(copies.get(0).get()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    assertThat(files(folder.resolve("cache"))).noneMatch(name -> name.contains("partial"));
  }

  @Test
  void aDamagedCopyAndTheLeftoversOfADeadProcessAreReplaced() throws IOException {
    Path source = remoteModel();
    DrexConfig config = config("hdfs://fake" + source);
    Path copy = cache(ENOUGH).stage(config).folder();
    Files.write(copy.resolve("config.json"), new byte[1]);
    Path leftover = Files.createDirectory(copy.resolveSibling(copy.getFileName() + ".partial-1"));
    Files.write(leftover.resolve("config.json"), new byte[1]);
    assertThat(cache(ENOUGH).stage(config).load().contentHash())
        .isEqualTo(ModelLoader.load(source).contentHash());
    assertThat(leftover).doesNotExist();
  }

  @Test
  void aProcessThatIsKilledWhileItCopiesLeavesNoLockAndNoFiles() throws Exception {
    String model = "hdfs://fake" + remoteModel();
    Path cache = folder.resolve("cache");
    Process copying =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                KilledCopy.class.getName(),
                cache.toString(),
                model)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    try {
      Await.until("it copies", () -> hasPartialCopy(cache) || !copying.isAlive());
      assertThat(copying.isAlive()).as(Files.readString(folder.resolve("log"))).isTrue();
    } finally {
      copying.destroyForcibly().waitFor();
    }
    assertThat(hasPartialCopy(cache)).as("nobody tidied up").isTrue();
    assertThat(cache(ENOUGH).stage(config(model)).load().spec()).isNotNull();
    assertThat(hasPartialCopy(cache)).isFalse();
  }

  private static boolean hasPartialCopy(Path cache) {
    if (!Files.isDirectory(cache)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(cache)) {
      return entries.anyMatch(entry -> entry.getFileName().toString().contains(".partial-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aChangedModelIsCopiedAgain() throws IOException {
    Path source = remoteModel();
    DrexConfig config = config("hdfs://fake" + source);
    Path before = cache(ENOUGH).stage(config).folder();
    Files.writeString(source.resolve("generation_config.json"), "{\"eos_token_id\": 7}");
    assertThat(cache(ENOUGH).stage(config).folder()).isNotEqualTo(before);
  }

  @Test
  void aFullDiskIsNotedBeforeTheCopy() throws IOException {
    Path source = remoteModel();
    assertThatThrownBy(() -> cache(1000).stage(config("hdfs://fake" + source)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("but " + folder.resolve("cache") + " has 1000 free")
        .hasMessageContaining("--model-cache");
    assertThat(FakeHdfs.OPENED).hasValue(0);
  }

  @Test
  void picklesAreNeverCopied() throws IOException {
    Path source = Files.createDirectories(folder.resolve("pickle"));
    Files.write(source.resolve("pytorch_model.bin"), new byte[10]);
    assertThatThrownBy(() -> cache(ENOUGH).stage(config("hdfs://fake" + source)))
        .hasMessageContaining("has no .safetensors file (it has [pytorch_model.bin])");
    assertThat(FakeHdfs.OPENED).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://host/model", "https://host/model", "ftp://host/m", "jar:file:/x"})
  void onlyAllowedSchemesAreRead(String model) {
    assertThatThrownBy(() -> cache(ENOUGH).stage(config(model)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(model.substring(0, model.indexOf(':')) + ": address; use bundled:")
        .hasMessageContaining("s3a");
  }

  @Test
  void aLocalFolderMustExistHere() {
    assertThatThrownBy(() -> cache(ENOUGH).stage(config(folder.resolve("absent").toString())))
        .hasMessageStartingWith("model folder " + folder.resolve("absent") + " does not exist on")
        .hasMessageContaining("put it there on every host");
  }

  @Test
  void aCacheOfAnotherUserIsRefused() throws IOException {
    Path open = Files.createDirectories(folder.resolve("cache"));
    UserPrincipalLookupService users = open.getFileSystem().getUserPrincipalLookupService();
    try {
      Files.setOwner(open, users.lookupPrincipalByName("nobody"));
    } catch (IOException e) {
      Assumptions.abort("only root can give a folder to another user, who must exist: " + e);
    }
    assertThatThrownBy(() -> cache(ENOUGH).stage(config("bundled:")))
        .hasMessageContaining("belongs to the user nobody, who could replace models");
  }

  @Test
  void aCacheThatOthersCanWriteToIsRefused() throws IOException {
    Path open = Files.createDirectories(folder.resolve("cache"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> cache(ENOUGH).stage(config("bundled:")))
        .hasMessageContaining("can be written to by others; chmod 700 it");
  }

  @Test
  void aRampFileReplacesTheModelsRampsAndChangesTheHash() throws IOException {
    Path ramps = folder.resolve("mine.json");
    Files.writeString(
        ramps, "{\"ramps\": [{\"depth\": 3, \"metric\": \"margin\", \"threshold\": 0.5}]}");
    LoadedModel plain = cache(ENOUGH).stage(config("bundled:")).load();
    for (String location : List.of(ramps.toString(), "hdfs://fake" + ramps)) {
      LoadedModel other = cache(ENOUGH).stage(config("bundled:", location)).load();
      assertThat(other.spec().ramps()).hasSize(1);
      assertThat(other.spec().ramps().get(0).depth()).isEqualTo(3);
      assertThat(other.contentHash()).isNotEqualTo(plain.contentHash());
    }
  }

  @Test
  void aRampFileThatIsNotThereIsNamed() {
    String absent = folder.resolve("absent.json").toString();
    assertThatThrownBy(() -> cache(ENOUGH).stage(config("bundled:", absent)))
        .hasMessageContaining("ramp file " + absent + " cannot be read: NoSuchFileException");
  }

  private Path remoteModel() {
    return BundledModel.extract("bundled:", folder.resolve("remote"));
  }

  private ModelCache cache(long freeBytes) {
    return new ModelCache(folder.resolve("cache"), hadoop, any -> freeBytes);
  }

  private static DrexConfig config(String model) {
    return DrexConfig.of(Map.of("spark.drex.model.model", model));
  }

  private static DrexConfig config(String model, String ramps) {
    Map<String, String> entries = new HashMap<>(config(model).entries());
    entries.put("spark.drex.model.ramps", ramps);
    return DrexConfig.of(entries);
  }

  /** Names of the files but for those that nobody reads. */
  private static List<String> files(Path of) throws IOException {
    try (Stream<Path> files = Files.list(of)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("MODEL_CARD.md"))
          .sorted()
          .toList();
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
