package io.drex.demo.corpus;

/**
 * One article of the synthetic corpus.
 *
 * @param id unique over all seeds and indices: {@code <seed>-<index>}
 * @param topic the topic's name in lower case, such as {@code fire}
 * @param hardSlot what the summary needs beyond copying, such as {@code sum}; empty if nothing
 * @param article the text to summarize, one paragraph
 * @param summary the one-sentence reference
 */
public record Article(String id, String topic, String hardSlot, String article, String summary) {}
