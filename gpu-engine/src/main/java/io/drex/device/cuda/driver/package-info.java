/**
 * The CUDA driver, behind an interface, so that its binding can be replaced. Start with {@link
 * io.drex.device.cuda.driver.CudaDriver} and {@link io.drex.device.cuda.driver.Cuda}.
 */
@NullMarked
package io.drex.device.cuda.driver;

import org.jspecify.annotations.NullMarked;
