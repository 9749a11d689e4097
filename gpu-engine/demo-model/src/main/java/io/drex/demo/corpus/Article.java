package io.drex.demo.corpus;

/**
 * One article of the synthetic corpus.
 *
 * @param id unique over all seeds and indices: {@code <seed>-<index>}
 * @param topic the topic's name in lower case, such as {@code fire}
 * @param article the text to summarize, one paragraph
 * @param summary the one-sentence reference
 */
public record Article(String id, String topic, String article, String summary) {}
