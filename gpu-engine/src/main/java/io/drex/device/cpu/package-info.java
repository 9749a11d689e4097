/**
 * The CPU backend: a decoder over heap arrays and worker threads, whose bytes depend neither on the
 * kernels nor on the number of threads. Start with {@link io.drex.device.cpu.CpuBackend} and {@link
 * io.drex.device.cpu.CpuModel}.
 */
@NullMarked
package io.drex.device.cpu;

import org.jspecify.annotations.NullMarked;
