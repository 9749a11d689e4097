package io.drex.policy;

/**
 * What the roofline model knows of a GPU. Peak figures are the vendor's for dense bf16 with float
 * accumulation; of them a decoder reaches {@link #SUSTAINED_BANDWIDTH} and {@link #SUSTAINED_FLOPS}
 * (assumptions, ours: what kernels of this kind sustain on an H200, taken for all). Modelled, not
 * measured.
 */
public enum Gpu {
  /** 24 GB GDDR6X. */
  RTX_3090("rtx3090", 936e9, 71e12, 24e9),
  /** 32 GB GDDR7. */
  RTX_5090("rtx5090", 1_792e9, 209.5e12, 32e9),
  /** SXM, 80 GB HBM2e. */
  A100("a100", 2_039e9, 312e12, 80e9),
  /** SXM, 141 GB HBM3e. */
  H200("h200", 4_800e9, 989e12, 141e9),
  /** SXM, 192 GB HBM3e. */
  B200("b200", 8_000e9, 2_250e12, 192e9);

  /** Share of the peak bandwidth that streaming weights and KV reaches. */
  public static final double SUSTAINED_BANDWIDTH = .896;

  /** Share of the peak operations that matrix products of a few hundred rows reach. */
  public static final double SUSTAINED_FLOPS = .5326;

  /** What a call costs before it does anything: launch, index upload, wait for the readings. */
  public static final double LAUNCH_MICROS = 100;

  private final String text;
  private final double peakBytesPerSecond;
  private final double peakFlopsPerSecond;
  private final double memoryBytes;

  Gpu(String text, double peakBytesPerSecond, double peakFlopsPerSecond, double memoryBytes) {
    this.text = text;
    this.peakBytesPerSecond = peakBytesPerSecond;
    this.peakFlopsPerSecond = peakFlopsPerSecond;
    this.memoryBytes = memoryBytes;
  }

  /** The name in tables. */
  public String text() {
    return text;
  }

  /** Bytes of device memory, by the vendor's count. */
  public double memoryBytes() {
    return memoryBytes;
  }

  /** Bytes that a call streams in a microsecond. */
  double bytesPerMicro() {
    return peakBytesPerSecond * SUSTAINED_BANDWIDTH / 1e6;
  }

  /** Operations that a call does in a microsecond. */
  double flopsPerMicro() {
    return peakFlopsPerSecond * SUSTAINED_FLOPS / 1e6;
  }
}
