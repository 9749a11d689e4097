/**
 * Linear layers by Intel's oneDNN, where its jars are on the class path and the machine multiplies
 * bf16. Start with {@link io.drex.device.cpu.onednn.OneDnn} and {@link
 * io.drex.device.cpu.onednn.OneDnnLinear}.
 */
@NullMarked
package io.drex.device.cpu.onednn;

import org.jspecify.annotations.NullMarked;
