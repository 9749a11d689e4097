package io.drex.job.run;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A proxy on loopback before a store, which spoils calls. Closing it ends all calls. */
final class FaultyStore implements AutoCloseable {
  /** What becomes of a call. */
  enum Fate {
    /** The store answers. */
    ANSWERED,
    /** 500, and the store never hears of it. */
    ERROR,
    /** 503, as stores say that they want fewer calls. */
    BUSY,
    /** The connection breaks before the store hears of it. */
    CUT,
    /** The store does it, and the connection breaks before the answer. */
    UNHEARD,
    /** The connection stays, and nothing comes. */
    SILENT,
    /** 403. */
    DENIED
  }

  /** Decides what becomes of a call; called by several threads. */
  interface Plan {
    Fate of(String method, String path);
  }

  /** Headers of one connection, which the client sets itself. */
  private static final Set<String> OWN =
      Set.of("connection", "content-length", "expect", "host", "upgrade", "transfer-encoding");

  private final URI store;
  private final Plan plan;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicInteger spoilt = new AtomicInteger();
  private final ConcurrentLinkedQueue<String> calls = new ConcurrentLinkedQueue<>();

  private FaultyStore(URI store, Plan plan, HttpServer server) {
    this.store = store;
    this.plan = plan;
    this.server = server;
  }

  static FaultyStore before(URI store, Plan plan) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    FaultyStore proxy = new FaultyStore(store, plan, server);
    server.createContext("/", proxy::handle);
    server.setExecutor(proxy.threads);
    server.start();
    return proxy;
  }

  /** Where it listens. */
  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Calls that the store's client got no good answer to. */
  int spoilt() {
    return spoilt.get();
  }

  /** All calls, {@code method path}. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange call) throws IOException {
    try (call) {
      String method = call.getRequestMethod();
      calls.add(method + " " + call.getRequestURI());
      byte[] body = call.getRequestBody().readAllBytes();
      Fate fate = plan.of(method, call.getRequestURI().toString());
      if (fate != Fate.ANSWERED) {
        spoilt.incrementAndGet();
      }
      switch (fate) {
        case ANSWERED -> answer(call, forward(call, body));
        case ERROR -> refuse(call, 500, "InternalError");
        case BUSY -> refuse(call, 503, "SlowDown");
        case DENIED -> refuse(call, 403, "AccessDenied");
        case UNHEARD -> forward(call, body);
        case SILENT -> closed.await(5, TimeUnit.MINUTES);
        case CUT -> {}
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpResponse<byte[]> forward(HttpExchange call, byte[] body)
      throws IOException, InterruptedException {
    URI uri = URI.create(store.toString() + call.getRequestURI());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(call.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    call.getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static void answer(HttpExchange call, HttpResponse<byte[]> response) throws IOException {
    Headers headers = call.getResponseHeaders();
    boolean head = call.getRequestMethod().equals("HEAD");
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              boolean length = name.equalsIgnoreCase("content-length");
              if (!OWN.contains(name.toLowerCase(Locale.ROOT)) || (head && length)) {
                headers.put(name, values);
              }
            });
    byte[] body = response.body();
    call.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      call.getResponseBody().write(body);
    }
  }

  private static void refuse(HttpExchange call, int status, String code) throws IOException {
    byte[] body =
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + code + "</Code></Error>")
            .getBytes(StandardCharsets.UTF_8);
    if (call.getRequestMethod().equals("HEAD")) {
      call.sendResponseHeaders(status, -1);
      return;
    }
    call.getResponseHeaders().set("Content-Type", "application/xml");
    call.sendResponseHeaders(status, body.length);
    call.getResponseBody().write(body);
  }
}
