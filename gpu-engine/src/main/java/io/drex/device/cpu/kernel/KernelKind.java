package io.drex.device.cpu.kernel;

/** The implementations of {@link Kernels}; they give equal bits. */
public enum KernelKind {
  /** Plain Java, the oracle. */
  SCALAR {
    @Override
    public boolean isPresent() {
      return true;
    }

    @Override
    public String description() {
      return "scalar kernels";
    }

    @Override
    public Kernels create(AttentionShape shape) {
      return new ScalarKernels(shape);
    }
  },
  /** The JDK's vector API, an incubator module that a JVM has only when told so. */
  VECTOR {
    @Override
    public boolean isPresent() {
      if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
        return false;
      }
      try {
        return VectorLanes.COUNT > 0;
      } catch (LinkageError e) {
        // A JVM that has the module but not this version of its API.
        return false;
      }
    }

    @Override
    public String description() {
      return "vector kernels, " + VectorLanes.COUNT + " lanes";
    }

    @Override
    public Kernels create(AttentionShape shape) {
      return new VectorKernels(shape);
    }
  };

  /** The module that {@link #VECTOR} needs. */
  public static final String MODULE = "jdk.incubator.vector";

  /** Whether this JVM can run these kernels. */
  public abstract boolean isPresent();

  /** What runs, for the log. */
  public abstract String description();

  /** Kernels for one thread; only where {@link #isPresent}. */
  public abstract Kernels create(AttentionShape shape);
}
