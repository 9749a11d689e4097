package io.drex.device;

import io.drex.model.RopeScaling;

/** Scaled rotary frequencies, in terms of wavelengths, as the Transformers library defines them. */
final class ReferenceRope {
  private ReferenceRope() {}

  /** The frequency, in radians per position, that takes the place of a plain one. */
  static double scaled(double frequency, RopeScaling scaling) {
    if (!(scaling instanceof RopeScaling.Llama3 llama3)) {
      return frequency;
    }
    double wavelength = 2 * Math.PI / frequency;
    double longest = llama3.originalPositions() / llama3.lowFreqFactor();
    double shortest = llama3.originalPositions() / llama3.highFreqFactor();
    if (wavelength < shortest) {
      return frequency;
    }
    if (wavelength > longest) {
      return frequency / llama3.factor();
    }
    double smooth =
        (llama3.originalPositions() / wavelength - llama3.lowFreqFactor())
            / (llama3.highFreqFactor() - llama3.lowFreqFactor());
    return (1 - smooth) * frequency / llama3.factor() + smooth * frequency;
  }
}
