package io.drex.job.corpus;

/** The file formats of a generated corpus. */
enum CorpusFormat {
  /** One file, one JSON object a line. */
  JSONL,
  /** A directory of Parquet files. */
  PARQUET
}
