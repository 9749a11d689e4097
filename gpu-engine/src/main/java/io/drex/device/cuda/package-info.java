/**
 * NVIDIA GPUs, on kernels of our own. Start with {@link io.drex.device.cuda.CudaBackend} and {@code
 * CudaModel}.
 */
@NullMarked
package io.drex.device.cuda;

import org.jspecify.annotations.NullMarked;
