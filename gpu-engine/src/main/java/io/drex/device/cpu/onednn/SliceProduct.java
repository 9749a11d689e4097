package io.drex.device.cpu.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;

import io.drex.device.DeviceException;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl.scratchpad_mode;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/**
 * oneDNN's multiplication of a fixed number of rows by a slice of one shape. Workers share what is
 * compiled, and have arguments and scratch of their own.
 */
final class SliceProduct implements AutoCloseable {
  private final engine cpu;
  private final SliceShape shape;
  private final int rows;
  private final memory.desc source;
  private final memory.desc target;
  private final memory.desc scratch;
  private final memory.desc weights;
  private final matmul primitive;
  private final dnnl_primitive handle;
  private final String implementation;
  private final @Nullable Call[] calls; // [worker]

  /**
   * @param weights layout of the slices; oneDNN's choice if it is {@link #anyLayout}
   */
  SliceProduct(engine cpu, SliceShape shape, int rows, memory.desc weights, int workers) {
    this.cpu = cpu;
    this.shape = shape;
    this.rows = rows;
    source =
        new memory.desc(
            new long[] {rows, shape.inputs()}, memory.data_type.bf16, memory.format_tag.ab);
    target =
        new memory.desc(
            new long[] {rows, shape.outputs()}, memory.data_type.f32, memory.format_tag.ab);
    try (primitive_attr attributes = new primitive_attr()) {
      attributes.set_scratchpad_mode(scratchpad_mode.user);
      try (matmul.primitive_desc compiled =
          new matmul.primitive_desc(cpu, source, weights, target, attributes, false)) {
        primitive = new matmul(compiled);
        scratch = compiled.scratchpad_desc();
        this.weights = compiled.weights_desc();
        try (BytePointer text = compiled.impl_info_str()) {
          implementation = text.getString();
        }
      }
    }
    handle = primitive.get();
    calls = new Call[workers];
  }

  /** Leaves the layout of a slice to oneDNN. */
  static memory.desc anyLayout(SliceShape shape) {
    return new memory.desc(
        new long[] {shape.inputs(), shape.outputs()}, memory.data_type.bf16, memory.format_tag.any);
  }

  /** The layout of the slices; lives as long as this. */
  memory.desc weights() {
    return weights;
  }

  /** What oneDNN calls the code that runs. */
  String implementation() {
    return implementation;
  }

  /** Multiplies the rows that start at a place; the outputs are in the worker's afterwards. */
  void run(Worker worker, BytePointer from, dnnl_memory slice) {
    Call call = calls[worker.index];
    if (call == null) {
      call = new Call(worker, from);
      calls[worker.index] = call;
    }
    check(dnnl_memory_set_data_handle(call.rows, from), "set rows");
    call.slice.memory(slice);
    check(dnnl_primitive_execute(handle, worker.handle, Call.ARGUMENTS, call.arguments), "run");
  }

  private void check(int status, String what) {
    if (status != dnnl_success) {
      throw new DeviceException(
          "oneDNN ("
              + implementation
              + ") failed to "
              + what
              + " for "
              + rows
              + " rows and "
              + shape
              + " weights: status "
              + status
              + "; run with --device cpu:vector");
    }
  }

  @Override
  public void close() {
    for (Call call : calls) {
      if (call != null) {
        call.close();
      }
    }
    handle.close();
    primitive.close();
    weights.close();
    scratch.close();
    target.close();
    source.close();
  }

  /** One worker's arguments, made once. */
  private final class Call {
    static final int ARGUMENTS = 4;

    final dnnl_memory rows;
    final dnnl_exec_arg_t slice;
    final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(ARGUMENTS);
    private final memory rowsMemory;
    private final memory targetMemory;
    private final memory scratchMemory;

    Call(Worker worker, BytePointer anyRows) {
      rowsMemory = new memory(source, cpu, anyRows);
      rows = rowsMemory.get();
      targetMemory = new memory(target, cpu, worker.target);
      scratchMemory = new memory(scratch, cpu);
      arguments.getPointer(0).arg(DNNL_ARG_SRC).memory(rows);
      arguments.getPointer(1).arg(DNNL_ARG_DST).memory(targetMemory.get());
      arguments.getPointer(2).arg(DNNL_ARG_SCRATCHPAD).memory(scratchMemory.get());
      slice = arguments.getPointer(3).arg(DNNL_ARG_WEIGHTS);
    }

    void close() {
      rowsMemory.close();
      targetMemory.close();
      scratchMemory.close();
      arguments.close();
    }
  }
}
