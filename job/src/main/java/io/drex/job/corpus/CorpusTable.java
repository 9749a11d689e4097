package io.drex.job.corpus;

import io.drex.demo.corpus.Article;
import io.drex.demo.corpus.ArticleGenerator;
import java.io.IOException;
import java.util.Iterator;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** The corpus as a Spark table with the columns id, topic, hard_slot, article, summary. */
final class CorpusTable {
  private static final StructType SCHEMA =
      new StructType()
          .add("id", "string", false)
          .add("topic", "string", false)
          .add("hard_slot", "string", false)
          .add("article", "string", false)
          .add("summary", "string", false);

  private CorpusTable() {}

  /** The articles of indices {@code [from, to)}; partitions make their own ranges. */
  static Dataset<Row> of(SparkSession spark, long seed, long from, long to) {
    return spark
        .range(from, to)
        .mapPartitions(
            (MapPartitionsFunction<Long, Row>) indices -> rows(seed, indices),
            Encoders.row(SCHEMA));
  }

  /** A partition's rows; one generator makes them all, because it reads all topics first. */
  private static Iterator<Row> rows(long seed, Iterator<Long> indices) {
    ArticleGenerator articles = new ArticleGenerator(seed);
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(indices, 0), false)
        .map(index -> row(articles.article(index)))
        .iterator();
  }

  /** Writes the articles to a new directory of Parquet files; an existing one is an error. */
  static void writeParquet(long seed, long from, long to, String directory) throws IOException {
    SparkConf conf = new SparkConf().setIfMissing("spark.master", "local[*]");
    // Needs no engine, so it loads none.
    conf.set("spark.plugins", "").setAppName("drex-generate-corpus");
    try (SparkSession spark = SparkSession.builder().config(conf).getOrCreate()) {
      of(spark, seed, from, to).write().parquet(directory);
    }
  }

  private static Row row(Article article) {
    return RowFactory.create(
        article.id(), article.topic(), article.hardSlot(), article.article(), article.summary());
  }
}
