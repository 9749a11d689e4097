package io.drex.job.bench;

import java.util.function.Function;

/** The tables that are measured on a real device, in their order. */
enum MeasuredTable {
  T1(MeasuredPolicies::table),
  T2(Confidences::table),
  T3(MeasuredExits::table),
  T8(KvMethods::table),
  T9(MeasuredKv::table),
  N1(PairedDecoding::table);

  private final Function<MeasuredBench, Table> maker;

  MeasuredTable(Function<MeasuredBench, Table> maker) {
    this.maker = maker;
  }

  /** Makes it. */
  Table make(MeasuredBench bench) {
    return maker.apply(bench);
  }
}
