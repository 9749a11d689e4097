/**
 * Trains the bundled model with PyTorch on the CPU. Read {@link io.drex.demo.train.TrainDemoModel}
 * first, then {@link io.drex.demo.train.Llama}.
 */
@NullMarked
package io.drex.demo.train;

import org.jspecify.annotations.NullMarked;
