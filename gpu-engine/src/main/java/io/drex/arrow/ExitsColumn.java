package io.drex.arrow;

import io.drex.engine.ExitStats;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/** {@code exits{depth_fraction, by_ramp, early_fraction, min_confidence, involuntary_…}}. */
final class ExitsColumn {
  private final StructVector exits;
  private final Float8Vector depthFraction;
  private final ListVector byRamp;
  private final Float8Vector earlyFraction;
  private final Float4Vector minConfidence;
  private final IntVector involuntaryExits;
  private final IntVector involuntaryStays;

  ExitsColumn(VectorSchemaRoot root) {
    exits = (StructVector) root.getVector("exits");
    depthFraction = exits.getChild("depth_fraction", Float8Vector.class);
    byRamp = exits.getChild("by_ramp", ListVector.class);
    earlyFraction = exits.getChild("early_fraction", Float8Vector.class);
    minConfidence = exits.getChild("min_confidence", Float4Vector.class);
    involuntaryExits = exits.getChild("involuntary_exits", IntVector.class);
    involuntaryStays = exits.getChild("involuntary_stays", IntVector.class);
  }

  void set(int row, ExitStats stats, ExitFigures figures) {
    exits.setIndexDefined(row);
    depthFraction.setSafe(row, figures.depthFraction());
    Vectors.set(byRamp, row, stats.exitsByRamp());
    earlyFraction.setSafe(row, figures.earlyFraction());
    minConfidence.setSafe(row, figures.minConfidence());
    involuntaryExits.setSafe(row, stats.involuntaryExits());
    involuntaryStays.setSafe(row, stats.involuntaryStays());
  }
}
