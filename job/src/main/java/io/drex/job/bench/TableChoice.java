package io.drex.job.bench;

import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables to make, each part in its order.
 *
 * @param simulated none where the device is a real one
 * @param measured none where the device is a simulated one
 * @param kernels those that were named, on a real device
 */
record TableChoice(
    List<SimulatedTable> simulated, List<MeasuredTable> measured, List<KernelTable> kernels) {

  /**
   * The choice of {@code --tables}.
   *
   * @param names empty for all
   * @param parts that the device can make
   * @throws JobException USAGE if there is no such table, or not in these parts
   */
  static TableChoice of(List<String> names, Set<Table.Part> parts) {
    Set<String> wanted =
        names.stream().map(name -> name.toUpperCase(Locale.ROOT)).collect(Collectors.toSet());
    TableChoice choice =
        new TableChoice(
            chosen(SimulatedTable.values(), wanted, parts.contains(Table.Part.SIMULATED)),
            chosen(MeasuredTable.values(), wanted, parts.contains(Table.Part.MEASURED)),
            chosen(
                KernelTable.values(),
                wanted,
                !wanted.isEmpty() && parts.contains(Table.Part.MEASURED)));
    Set<String> missing = new TreeSet<>(wanted);
    missing.removeAll(new TreeSet<>(choice.ids()));
    if (!missing.isEmpty()) {
      throw new JobException(ExitCode.USAGE, message(missing, parts));
    }
    return choice;
  }

  /**
   * The choice of {@code bench kernels --tables}.
   *
   * @param names empty for all tables of kernels
   * @param parts that the device can make
   * @throws JobException USAGE if one is no table of kernels, or the device can make none
   */
  static TableChoice ofKernels(List<String> names, Set<Table.Part> parts) {
    List<String> all = names(Arrays.stream(KernelTable.values())).toList();
    TableChoice choice = of(names.isEmpty() ? all : names, parts);
    Set<String> others = new TreeSet<>(choice.ids());
    others.removeAll(Set.copyOf(all));
    if (!others.isEmpty()) {
      throw new JobException(
          ExitCode.USAGE,
          "bench kernels --tables: "
              + String.join(", ", others)
              + " is none of "
              + String.join(", ", all)
              + "; run bench without kernels");
    }
    return choice;
  }

  private static <E extends Enum<E>> List<E> chosen(E[] all, Set<String> wanted, boolean has) {
    return Arrays.stream(all)
        .filter(table -> has && (wanted.isEmpty() || wanted.contains(table.name())))
        .toList();
  }

  private List<String> ids() {
    return Stream.of(simulated, measured, kernels).flatMap(all -> names(all.stream())).toList();
  }

  private static Stream<String> names(Stream<? extends Enum<?>> tables) {
    return tables.map(Enum::name);
  }

  private static String message(Set<String> missing, Set<Table.Part> parts) {
    String where = parts.size() == 1 ? " on this device; leave --device out for all" : "";
    String known =
        Stream.of(SimulatedTable.values(), MeasuredTable.values(), KernelTable.values())
            .flatMap(all -> names(Arrays.stream(all)))
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    return "--tables: no table " + String.join(", ", missing) + where + "; there are " + known;
  }
}
