package io.drex.device.cuda.driver;

import java.nio.ByteBuffer;

/**
 * Memory of the host that stays where it is, so that the device can read and write it.
 *
 * @param bytes all of it, in the machine's byte order; positions are absolute
 * @param hostAddress where the host sees it
 * @param deviceAddress where kernels see it
 */
public record PinnedMemory(ByteBuffer bytes, long hostAddress, long deviceAddress) {}
