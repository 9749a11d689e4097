/**
 * The verb {@code model-check}: whether a model can be used, and whether its ramps were trained.
 * Start with {@link io.drex.job.modelcheck.ModelCheckVerb} and {@link
 * io.drex.job.modelcheck.RampAgreement}.
 */
@NullMarked
package io.drex.job.modelcheck;

import org.jspecify.annotations.NullMarked;
