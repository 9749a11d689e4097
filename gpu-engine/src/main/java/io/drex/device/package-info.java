/**
 * The seam between the scheduler and a device: two verbs over index arrays. Start with {@link
 * io.drex.device.DeviceModel} and {@link io.drex.device.RowBatch}.
 */
@NullMarked
package io.drex.device;

import org.jspecify.annotations.NullMarked;
