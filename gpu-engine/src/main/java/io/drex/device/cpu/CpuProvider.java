package io.drex.device.cpu;

/** Which kernels a user asks for; all give the same bytes. */
public enum CpuProvider {
  /** The fastest that this JVM has. */
  BEST("cpu"),
  /** Plain Java. */
  SCALAR("cpu:scalar"),
  /** The JDK's vector API, or nothing. */
  VECTOR("cpu:vector");

  private final String text;

  CpuProvider(String text) {
    this.text = text;
  }

  /** The name users give to {@code --device}. */
  public String text() {
    return text;
  }
}
