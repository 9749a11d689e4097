package io.drex.device.cuda.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * What a stage is run with.
 *
 * @param out where its tables go
 * @param folder of all parts, also those of earlier stages
 * @param tests classes to run in place of the stage's own; empty for those
 */
record Bench(Sizes sizes, Output out, Path folder, List<String> tests) {}
