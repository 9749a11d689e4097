package io.drex.spark.journal;

import io.drex.spark.OutputSchema;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;

/** The rows of a shard that earlier attempts at it have published in the same run. */
public final class PublishedKeys {
  private PublishedKeys() {}

  /** Their keys; no other column is read. */
  public static Set<ByteBuffer> read(JournalShard shard) throws IOException {
    Set<ByteBuffer> keys = new HashSet<>();
    for (Path file : JournalFiles.listShard(shard)) {
      add(file, shard.hadoop(), keys);
    }
    return keys;
  }

  private static void add(Path file, Configuration hadoop, Set<ByteBuffer> keys)
      throws IOException {
    Configuration projected = new Configuration(hadoop);
    projected.set(ReadSupport.PARQUET_READ_SCHEMA, keyColumn(file, hadoop).toString());
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), file).withConf(projected).build()) {
      for (Group row; (row = reader.read()) != null; ) {
        keys.add(ByteBuffer.wrap(row.getBinary(OutputSchema.KEY, 0).getBytes()));
      }
    }
  }

  private static MessageType keyColumn(Path file, Configuration hadoop) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, hadoop))) {
      MessageType schema = reader.getFooter().getFileMetaData().getSchema();
      return new MessageType(schema.getName(), List.of(schema.getType(OutputSchema.KEY)));
    }
  }
}
