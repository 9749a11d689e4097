package io.drex.device.cuda.driver;

import io.drex.device.cuda.driver.CudaDriver.Gpu;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A GPU as users and cluster managers name it: by its number among those that the driver shows to
 * this process, by {@code GPU-} and its UUID, by its place on the PCI bus, or as an instance of a
 * split GPU by {@code MIG-} and the instance's UUID. {@code nvidia-smi}'s numbers are another
 * order.
 *
 * @param text empty for the first that is shown
 */
record GpuAddress(String text) {
  private static final Pattern ORDINAL = Pattern.compile("\\d{1,4}");
  private static final Pattern PCI =
      Pattern.compile("(?:(\\p{XDigit}{4,8}):)?(\\p{XDigit}{2}:\\p{XDigit}{2}\\.\\p{XDigit})");
  private static final String MIG = "MIG-";

  /**
   * The number of the GPU among those that the driver shows.
   *
   * @param shown by the driver, in its order
   * @param selection the value of {@code CUDA_VISIBLE_DEVICES}; empty if it is not set
   */
  OptionalInt among(List<Gpu> shown, String selection) {
    if (text.isEmpty()) {
      return shown.isEmpty() ? OptionalInt.empty() : OptionalInt.of(0);
    }
    if (ORDINAL.matcher(text).matches()) {
      int ordinal = Integer.parseInt(text);
      return ordinal < shown.size() ? OptionalInt.of(ordinal) : OptionalInt.empty();
    }
    if (text.startsWith(MIG)) {
      return instance(shown, selection);
    }
    String pci = pciId(text);
    return IntStream.range(0, shown.size())
        .filter(
            i ->
                shown.get(i).uuid().equalsIgnoreCase(text)
                    || pciId(shown.get(i).pciId()).equals(pci))
        .findFirst();
  }

  /** The driver shows a process one instance at most, and tells no UUID but the whole GPU's. */
  private OptionalInt instance(List<Gpu> shown, String selection) {
    String first = selection.split(",", -1)[0];
    boolean isIt = shown.size() == 1 && (first.isEmpty() || first.equals(text));
    return isIt ? OptionalInt.of(0) : OptionalInt.empty();
  }

  /** In one form: {@code nvidia-smi} writes the domain with eight digits, and in capitals. */
  private static String pciId(String text) {
    Matcher id = PCI.matcher(text);
    if (!id.matches()) {
      return text;
    }
    long domain = id.group(1) == null ? 0 : Long.parseLong(id.group(1), 16);
    return domain + ":" + id.group(2).toLowerCase(Locale.ROOT);
  }

  /** What the driver shows, to be told where a name is none of it. */
  static String list(List<Gpu> shown) {
    return IntStream.range(0, shown.size())
        .mapToObj(i -> i + " (" + shown.get(i).uuid() + ", " + shown.get(i).pciId() + ")")
        .collect(Collectors.joining(", "));
  }
}
