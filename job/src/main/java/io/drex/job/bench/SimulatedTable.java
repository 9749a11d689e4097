package io.drex.job.bench;

import java.util.function.Function;

/** The tables that are made on a simulated device, in their order. */
enum SimulatedTable {
  T1(PolicySpeeds::table),
  T3(AuthorsPolicies::table),
  T4(AuthorsThresholds::table),
  T5(CompletionTimes::table),
  T5B(Deadlines::table),
  T6(TwoRamps::table),
  T7(Overheads::table),
  T9(KvHeld::table),
  N1(EqualSlots::table),
  N2(Advice::table),
  N3(WithPrefill::table);

  private final Function<SimBench, Table> maker;

  SimulatedTable(Function<SimBench, Table> maker) {
    this.maker = maker;
  }

  /** Makes it. */
  Table make(SimBench bench) {
    return maker.apply(bench);
  }
}
