package io.drex.device.cpu.kernel;

/** What one layer's attention reads. */
public record KvLayer(KvPlane keys, KvPlane values) {}
