package io.drex.job.quickstart;

/**
 * One article with the summary that the model gave it, and the score of that against the reference.
 */
record Summary(String topic, String article, String completion, double rougeL) {}
