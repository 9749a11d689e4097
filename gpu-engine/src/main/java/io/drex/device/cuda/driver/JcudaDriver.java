package io.drex.device.cuda.driver;

import static io.drex.device.cuda.driver.CudaErrors.check;

import io.drex.device.DeviceException;
import java.nio.ByteOrder;
import java.util.Arrays;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUctx_flags;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The CUDA driver by JCuda. Only where {@link JcudaNatives} has loaded it. */
final class JcudaDriver implements CudaDriver {
  private static final Logger LOG = LoggerFactory.getLogger(JcudaDriver.class);

  /** Pinned memory that the device sees; {@code CU_MEMHOSTALLOC_DEVICEMAP}. */
  private static final int DEVICE_MAP = 2;

  private static final String FINISH = "finish what was launched";

  private final Gpu gpu;
  private final CUcontext context;
  private final JcudaPointers.Stream stream;
  private final int multiprocessors;

  private JcudaDriver(
      Gpu gpu, CUcontext context, JcudaPointers.Stream stream, int multiprocessors) {
    this.gpu = gpu;
    this.context = context;
    this.stream = stream;
    this.multiprocessors = multiprocessors;
  }

  /** Makes a context on a device, current on this thread. */
  static JcudaDriver open(CUdevice device, Gpu gpu) {
    int multiprocessors =
        JcudaDevices.attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    CUcontext context = new CUcontext();
    int result = JCudaDriver.cuCtxCreate(context, CUctx_flags.CU_CTX_SCHED_SPIN, device);
    check(result, "use " + gpu.name());
    JcudaPointers.Stream stream = new JcudaPointers.Stream();
    result = JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING);
    if (result != CUresult.CUDA_SUCCESS) {
      JCudaDriver.cuCtxDestroy(context);
      check(result, "make a stream");
    }
    return new JcudaDriver(gpu, context, stream, multiprocessors);
  }

  @Override
  public Gpu gpu() {
    return gpu;
  }

  @Override
  public int multiprocessors() {
    return multiprocessors;
  }

  @Override
  public long stream() {
    return stream.handle();
  }

  @Override
  public long freeBytes() {
    long[] free = new long[1];
    check(JCudaDriver.cuMemGetInfo(free, new long[1]), "tell how much memory is free");
    return free[0];
  }

  @Override
  public long allocate(long bytes) {
    JcudaPointers.Device memory = new JcudaPointers.Device();
    check(JCudaDriver.cuMemAlloc(memory, bytes), "allocate " + bytes + " bytes");
    return memory.address();
  }

  @Override
  public void free(long address) {
    check(JCudaDriver.cuMemFree(new JcudaPointers.Device(address)), "free memory");
  }

  @Override
  public PinnedMemory allocatePinned(long bytes) {
    JcudaPointers.Host memory = new JcudaPointers.Host();
    String what = "pin " + bytes + " bytes of the host's memory";
    check(JCudaDriver.cuMemHostAlloc(memory, bytes, DEVICE_MAP), what);
    JcudaPointers.Device mapped = new JcudaPointers.Device();
    check(JCudaDriver.cuMemHostGetDevicePointer(mapped, memory, 0), what);
    return new PinnedMemory(
        memory.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder()),
        memory.address(),
        mapped.address());
  }

  @Override
  public void free(PinnedMemory memory) {
    check(
        JCudaDriver.cuMemFreeHost(new JcudaPointers.Host(memory.hostAddress())),
        "free pinned memory");
  }

  @Override
  public void fill(long address, byte value, long bytes) {
    check(
        JCudaDriver.cuMemsetD8Async(new JcudaPointers.Device(address), value, bytes, stream),
        "fill memory");
  }

  @Override
  public Upload prepareUpload(PinnedMemory from, long offset, long to, long bytes) {
    return new Copy(
        new JcudaPointers.Device(to), new JcudaPointers.Host(from.hostAddress() + offset), bytes);
  }

  @Override
  public void upload(Upload upload) {
    Copy copy = (Copy) upload;
    check(
        JCudaDriver.cuMemcpyHtoDAsync(copy.to, copy.from, copy.bytes, stream),
        "copy to the device");
  }

  @Override
  public Module load(byte[] image) {
    CUmodule module = new CUmodule();
    byte[] terminated = Arrays.copyOf(image, image.length + 1);
    int result = JCudaDriver.cuModuleLoadData(module, terminated);
    if (result != CUresult.CUDA_SUCCESS) {
      throw new DeviceException(
          "the driver (for CUDA "
              + gpu.driverVersion() / 1000
              + ") refuses the kernels: "
              + CudaErrors.name(result));
    }
    return new Loaded(module);
  }

  @Override
  public Launch prepare(Module module, String kernel, int threads, long arguments) {
    CUfunction function = new CUfunction();
    int result = JCudaDriver.cuModuleGetFunction(function, ((Loaded) module).handle(), kernel);
    if (result != CUresult.CUDA_SUCCESS) {
      throw new DeviceException(
          "this build has no kernel " + kernel + ": " + CudaErrors.name(result));
    }
    return new Prepared(function, kernel, threads, new JcudaPointers.Host(arguments));
  }

  @Override
  public void launch(Launch launch, int gridX, int gridY) {
    Prepared it = (Prepared) launch;
    int result =
        JCudaDriver.cuLaunchKernel(
            it.function, gridX, gridY, 1, it.threads, 1, 1, 0, stream, it.arguments, null);
    if (result != CUresult.CUDA_SUCCESS) {
      check(result, "launch " + it.name);
    }
  }

  @Override
  public Graph record(Runnable launches) {
    int mode = CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL;
    check(JCudaDriver.cuStreamBeginCapture(stream, mode), "record launches");
    CUgraph graph = new CUgraph();
    int result;
    try {
      launches.run();
    } finally {
      result = JCudaDriver.cuStreamEndCapture(stream, graph);
    }
    check(result, "record launches");
    CUgraphExec executable = new CUgraphExec();
    result = JCudaDriver.cuGraphInstantiate(executable, graph, 0);
    JCudaDriver.cuGraphDestroy(graph);
    check(result, "make a graph");
    return new Recorded(executable);
  }

  @Override
  public void launch(Graph graph) {
    check(JCudaDriver.cuGraphLaunch(((Recorded) graph).executable(), stream), "launch a graph");
  }

  @Override
  public void free(Graph graph) {
    check(JCudaDriver.cuGraphExecDestroy(((Recorded) graph).executable()), "free a graph");
  }

  @Override
  public boolean isDone() {
    int result = JCudaDriver.cuStreamQuery(stream);
    if (result == CUresult.CUDA_ERROR_NOT_READY) {
      return false;
    }
    check(result, FINISH);
    return true;
  }

  @Override
  public void finish() {
    check(JCudaDriver.cuStreamSynchronize(stream), FINISH);
  }

  @Override
  public void close() {
    int result = JCudaDriver.cuCtxDestroy(context);
    if (result != CUresult.CUDA_SUCCESS) {
      LOG.warn("The GPU's context could not be ended: {}", CudaErrors.name(result));
    }
  }

  private record Copy(CUdeviceptr to, Pointer from, long bytes) implements Upload {}

  private record Loaded(CUmodule handle) implements Module {}

  private record Recorded(CUgraphExec executable) implements Graph {}

  private record Prepared(CUfunction function, String name, int threads, Pointer arguments)
      implements Launch {}
}
