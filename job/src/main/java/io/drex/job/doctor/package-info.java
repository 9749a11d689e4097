/**
 * The verb {@code doctor}: what of this machine is fit for the job, and what to do where it is not.
 * Start with {@link io.drex.job.doctor.DoctorVerb} and {@link io.drex.job.doctor.Finding}.
 */
@NullMarked
package io.drex.job.doctor;

import org.jspecify.annotations.NullMarked;
