package io.drex.device.cuda;

import io.drex.device.cuda.driver.CudaDriver;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A driver whose memory is random when it is allocated, and that can note the copies and launches
 * of a call and make them again, one behind the other without the host between them: what they take
 * then is the device's own time.
 */
final class RecordedDriver implements InvocationHandler {
  private static final Set<String> WORK = Set.of("upload", "launch", "fill");

  private final CudaDriver driver;
  private final RandomMemory random;
  private final List<Work> noted = new ArrayList<>();
  private boolean isNoting;
  private boolean isCapturing;

  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  private record Work(Method method, Object[] arguments) {}

  /**
   * @param driver closed by whoever closes {@link #driver}
   */
  RecordedDriver(CudaDriver driver) {
    this.driver = driver;
    random = new RandomMemory(driver);
  }

  /** The driver to be used. */
  CudaDriver driver() {
    return (CudaDriver)
        Proxy.newProxyInstance(
            CudaDriver.class.getClassLoader(), new Class<?>[] {CudaDriver.class}, this);
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] given)
      throws Throwable {
    Object[] arguments = given == null ? new Object[0] : given;
    if (method.getName().equals("record")) {
      isCapturing = true;
      try {
        return call(method, arguments);
      } finally {
        isCapturing = false;
      }
    }
    if (isNoting && !isCapturing && WORK.contains(method.getName())) {
      noted.add(new Work(method, arguments));
    }
    Object result = call(method, arguments);
    if (method.getName().equals("allocate")) {
      random.fill((Long) Objects.requireNonNull(result), (Long) arguments[0]);
    }
    return result;
  }

  private @Nullable Object call(Method method, Object... arguments) throws Throwable {
    try {
      return method.invoke(driver, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** Notes what a call copies and launches, in place of what was noted before. */
  void note(Runnable call) {
    noted.clear();
    isNoting = true;
    try {
      call.run();
    } finally {
      isNoting = false;
    }
  }

  /**
   * Makes all that was noted so many times.
   *
   * @return nanoseconds that it took once
   */
  double replayNanos(int times) {
    driver.finish();
    long start = System.nanoTime();
    try {
      for (int i = 0; i < times; i++) {
        for (Work work : noted) {
          work.method().invoke(driver, work.arguments());
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("what was noted cannot be made again", e);
    }
    driver.finish();
    return (System.nanoTime() - start) / (double) times;
  }
}
