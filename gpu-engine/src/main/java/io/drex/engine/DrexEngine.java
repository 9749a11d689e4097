package io.drex.engine;

import io.drex.model.LoadedModel;

/** A long-lived engine: one model on one device, shared by all sessions of the process. */
public final class DrexEngine implements AutoCloseable {

  private DrexEngine() {}

  /** Opens a model on the device that the options name, and starts the engine thread. */
  public static DrexEngine open(LoadedModel model, EngineOptions options) {
    throw new UnsupportedOperationException(model.contentHash() + options);
  }

  /** Opens a session for one task. */
  public EngineSession openSession(String name) {
    throw new UnsupportedOperationException(name);
  }

  /** What device and kernels run, for logs and the fingerprint. */
  public String implementation() {
    throw new UnsupportedOperationException();
  }

  /** Longest sequence, prompt and generated tokens together. */
  public int maxSequenceTokens() {
    throw new UnsupportedOperationException();
  }

  /** Counters since open; any thread may ask. */
  public EngineSnapshot snapshot() {
    throw new UnsupportedOperationException();
  }

  /** Fails what is pending, stops the engine thread and frees the device. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
