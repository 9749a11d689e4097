/**
 * NVIDIA GPUs. Start with {@link io.drex.device.cuda.CudaProbe} and {@link
 * io.drex.device.DeviceBackend}.
 */
@NullMarked
package io.drex.device.cuda;

import org.jspecify.annotations.NullMarked;
