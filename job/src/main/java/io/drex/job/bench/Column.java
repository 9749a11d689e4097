package io.drex.job.bench;

/**
 * One kind of figure in a table.
 *
 * @param name what it is
 * @param unit of its values; empty for plain numbers
 * @param decimals shown in Markdown
 */
record Column(String name, String unit, Basis basis, int decimals) {

  /** The heading: name, unit and basis. */
  String heading() {
    return name + (unit.isEmpty() ? "" : ", " + unit) + " (" + basis.text() + ")";
  }
}
