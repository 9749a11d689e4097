package io.drex.job.run;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** An S3 store on loopback in a JVM of its own, with one bucket whose objects are local files. */
final class S3Store implements AutoCloseable {
  static final String BUCKET = "bucket";
  static final String KEY_ID = "somebody";
  static final String SECRET = "53cr3t";

  private static final Path ROOT = Path.of(System.getProperty("drex.root", "..")).toAbsolutePath();
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String HADOOP = "spark.hadoop.";

  private final Process process;
  private final Path folder;
  private final int port;

  private S3Store(Process process, Path folder, int port) {
    this.process = process;
    this.folder = folder;
    this.port = port;
  }

  /** Starts a store that wants signed calls. */
  static S3Store start(Path folder) throws IOException {
    return start(folder, "aws-v2-or-v4");
  }

  /** Starts a store that takes any call; a proxy would spoil the signatures. */
  static S3Store startOpen(Path folder) throws IOException {
    return start(folder, "none");
  }

  private static S3Store start(Path folder, String authorization) throws IOException {
    Path classPath = ROOT.resolve("job/s3-store/target/class-path");
    assumeTrue(Files.exists(classPath), "skipped: " + classPath + " comes with the profile slow");
    int port = freePort();
    Files.createDirectories(folder.resolve("objects").resolve(BUCKET));
    Path properties = folder.resolve("s3proxy.properties");
    Files.write(
        properties,
        List.of(
            "s3proxy.authorization=" + authorization,
            "s3proxy.identity=" + KEY_ID,
            "s3proxy.credential=" + SECRET,
            "s3proxy.endpoint=http://127.0.0.1:" + port,
            "jclouds.provider=filesystem-nio2",
            "jclouds.identity=any",
            "jclouds.credential=any",
            "jclouds.filesystem.basedir=" + folder.resolve("objects")));
    Path logging = folder.resolve("logback.xml");
    Files.writeString(logging, "<configuration><root level=\"off\"/></configuration>");
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=" + logging,
                "-cp",
                Files.readString(classPath).strip(),
                "org.gaul.s3proxy.Main",
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile())
            .start();
    S3Store store = new S3Store(process, folder, port);
    store.awaitPort();
    return store;
  }

  /** Where it listens. */
  URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** A driver's options for {@code s3a://bucket}, Spark's settings of conf/s3a.conf among them. */
  List<String> options() {
    return options(endpoint());
  }

  /** The same through a proxy. */
  static List<String> options(URI endpoint) {
    return settings(endpoint).entrySet().stream()
        .map(entry -> "-D" + entry.getKey() + "=" + entry.getValue())
        .toList();
  }

  private static Map<String, String> settings(URI endpoint) {
    Map<String, String> settings = new TreeMap<>();
    Properties shipped = new Properties();
    try (Reader reader = Files.newBufferedReader(ROOT.resolve("conf/s3a.conf"))) {
      shipped.load(reader);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    shipped.forEach((key, value) -> settings.put((String) key, (String) value));
    settings.put(HADOOP + "fs.s3a.endpoint", endpoint.toString());
    settings.put(HADOOP + "fs.s3a.path.style.access", "true");
    settings.put(HADOOP + "fs.s3a.access.key", KEY_ID);
    settings.put(HADOOP + "fs.s3a.secret.key", SECRET);
    return settings;
  }

  /** The URI of an object or folder. */
  static String uri(String key) {
    return "s3a://" + BUCKET + "/" + key;
  }

  /** The local file or folder that holds an object or folder. */
  Path local(String key) {
    return folder.resolve("objects").resolve(BUCKET).resolve(key);
  }

  /** Copies a file, or a folder with all in it. */
  void put(Path from, String key) throws IOException {
    Configuration hadoop = new Configuration();
    settings(endpoint()).forEach((name, value) -> hadoop.set(name.replace(HADOOP, ""), value));
    try (FileSystem fs = FileSystem.newInstance(URI.create(uri("")), hadoop)) {
      fs.copyFromLocalFile(
          new org.apache.hadoop.fs.Path(from.toUri()), new org.apache.hadoop.fs.Path(uri(key)));
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitPort() throws IOException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (process.isAlive() && System.nanoTime() < deadline) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
    }
    close();
    throw new IOException(
        "the store did not start: " + Files.readString(folder.resolve("s3proxy.log")));
  }
}
