package io.drex.model;

/**
 * What an exit head is made of. Every head ends in a linear layer from the hidden state to the
 * vocabulary.
 *
 * @param mlpWidth elements between the two layers of the MLP; 0 without one
 */
public record HeadShape(Kind kind, int mlpWidth) {
  public static final HeadShape LINEAR = new HeadShape(Kind.LINEAR, 0);
  public static final HeadShape NORM_LINEAR = new HeadShape(Kind.NORM_LINEAR, 0);

  /** The kinds of heads, by what stands before the linear layer. */
  public enum Kind {
    /** Nothing. */
    LINEAR,
    /** An RMS norm: what the model itself ends with. */
    NORM_LINEAR,
    /** The second half of a decoder layer (norm, gated MLP, residual), then an RMS norm. */
    MLP
  }

  /** A head with an MLP of this width. */
  public static HeadShape mlp(int width) {
    return new HeadShape(Kind.MLP, width);
  }

  /** Multiply-adds per row, norms' included. */
  public long multiplyAdds(long hiddenSize, long vocabSize) {
    long linear = hiddenSize * vocabSize;
    return switch (kind) {
      case LINEAR -> linear;
      case NORM_LINEAR -> hiddenSize + linear;
      case MLP -> 2 * hiddenSize + 3 * hiddenSize * mlpWidth + linear;
    };
  }
}
