package io.drex.device.cpu;

/** Which kernels a user asks for; all but {@link #ONEDNN} give the same bytes. */
public enum CpuProvider {
  /** The fastest that this JVM has of those that give the same bytes everywhere. */
  BEST("cpu"),
  /** Plain Java. */
  SCALAR("cpu:scalar"),
  /** The JDK's vector API, or nothing. */
  VECTOR("cpu:vector"),
  /** Linear layers by oneDNN, or nothing. */
  ONEDNN("cpu:onednn");

  private final String text;

  CpuProvider(String text) {
    this.text = text;
  }

  /** The name users give to {@code --device}. */
  public String text() {
    return text;
  }
}
