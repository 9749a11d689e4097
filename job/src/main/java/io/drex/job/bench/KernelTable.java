package io.drex.job.bench;

import java.util.function.Function;

/** The tables of kernels and of whole models' speed, made only where they are asked for. */
enum KernelTable {
  K1(MachinePeaks::table),
  K2(LinearLayers::table),
  K3(WholeModels::table);

  private final Function<KernelBench, Table> maker;

  KernelTable(Function<KernelBench, Table> maker) {
    this.maker = maker;
  }

  /** Makes it. */
  Table make(KernelBench bench) {
    return maker.apply(bench);
  }
}
