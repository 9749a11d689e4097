package io.drex.job.output;

/**
 * What is to be known of a run before its figures are compared with another's.
 *
 * @param isScheduleDependent whether rows depend on which others were computed beside them
 * @param isSynthetic whether confidences and output lengths are made up
 */
public record RunLabels(boolean isScheduleDependent, boolean isSynthetic) {}
