/**
 * NVIDIA's library of matrix products, found on the machine and called through JNA. Start with
 * {@link io.drex.device.cuda.cublas.Cublas} and {@link io.drex.device.cuda.cublas.CublasHandle}.
 */
@NullMarked
package io.drex.device.cuda.cublas;

import org.jspecify.annotations.NullMarked;
