/**
 * Models of real shapes with random weights, for measurements of speed where no weights are at
 * hand. Start with {@link io.drex.synthetic.SyntheticModel}; shapes are {@link
 * io.drex.policy.ModelShape}'s.
 */
@NullMarked
package io.drex.synthetic;

import org.jspecify.annotations.NullMarked;
