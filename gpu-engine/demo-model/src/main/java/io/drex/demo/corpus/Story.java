package io.drex.demo.corpus;

import java.util.List;

/**
 * What a topic writes.
 *
 * @param sentences four or five, the lead first; the summary follows from them alone
 * @param summary the reference, one sentence
 */
record Story(List<String> sentences, String summary) {
  Story {
    sentences = List.copyOf(sentences);
  }
}
