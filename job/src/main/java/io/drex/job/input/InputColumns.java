package io.drex.job.input;

import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.spark.OutputSchema;
import io.drex.spark.conf.KeyNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.VariantType;

/**
 * The columns of the input that the run uses; all of them exist and have types it can use.
 *
 * @param template columns that the template names, in the input's order
 * @param id columns that identify a row; empty if the prompt does
 * @param options columns of options that replace the run's
 * @param keep pass-through columns, as their fields in the input
 */
public record InputColumns(
    List<String> template, List<String> id, List<String> options, StructType keep) {
  private static final Set<DataType> KEPT_TYPES =
      Set.of(
          DataTypes.BooleanType,
          DataTypes.ByteType,
          DataTypes.ShortType,
          DataTypes.IntegerType,
          DataTypes.LongType,
          DataTypes.FloatType,
          DataTypes.DoubleType,
          DataTypes.DateType,
          DataTypes.TimestampType,
          DataTypes.TimestampNTZType,
          DataTypes.BinaryType);

  public InputColumns {
    template = List.copyOf(template);
    id = List.copyOf(id);
    options = List.copyOf(options);
  }

  /**
   * Finds the columns in an input's schema.
   *
   * @throws JobException INPUT if a column is missing (with the nearest one) or is no text or
   *     number; USAGE if a pass-through column's name or type cannot be written
   */
  public static InputColumns find(
      StructType input,
      Set<String> template,
      List<String> id,
      List<String> options,
      List<String> keep) {
    template.stream().sorted().forEach(name -> scalar(input, name, "template"));
    id.forEach(name -> scalar(input, name, "--id-col"));
    options.forEach(name -> scalar(input, name, "--option-cols"));
    List<StructField> kept = new ArrayList<>();
    keep.forEach(name -> kept.add(keepable(input, name)));
    refuseTwice("--id-col", id);
    refuseTwice("--option-cols", options);
    refuseTwice("--keep", keep);
    List<String> inOrder = Arrays.stream(input.fieldNames()).filter(template::contains).toList();
    return new InputColumns(inOrder, id, options, new StructType(kept.toArray(StructField[]::new)));
  }

  private static StructField field(StructType input, String name, String user) {
    for (StructField field : input.fields()) {
      if (field.name().equals(name)) {
        return field;
      }
    }
    String remedy =
        input.isEmpty()
            ? "the input has no columns"
            : "did you mean '" + KeyNames.nearest(name, List.of(input.fieldNames())) + "'?";
    throw new JobException(
        ExitCode.INPUT, user + " column '" + name + "' is not in the input; " + remedy);
  }

  private static void scalar(StructType input, String name, String user) {
    DataType type = field(input, name, user).dataType();
    if (type instanceof ArrayType
        || type instanceof MapType
        || type instanceof StructType
        || type instanceof VariantType) {
      throw new JobException(
          ExitCode.INPUT,
          user
              + " column '"
              + name
              + "' is "
              + type.catalogString()
              + ", not a text or a number; convert it, for example with to_json");
    }
  }

  private static StructField keepable(StructType input, String name) {
    StructField field = field(input, name, "--keep");
    DataType type = field.dataType();
    if (!KEPT_TYPES.contains(type)
        && !(type instanceof StringType)
        && !(type instanceof DecimalType)) {
      throw new JobException(
          ExitCode.USAGE,
          "--keep column '"
              + name
              + "' has type "
              + type.catalogString()
              + ", which cannot be passed through; cast it, or use to_json, in the input");
    }
    if (OutputSchema.columnNames().stream().anyMatch(name::equalsIgnoreCase)
        || name.startsWith("_drex_")) {
      throw new JobException(
          ExitCode.USAGE,
          "--keep column '"
              + name
              + "' has the name of an output column; rename it in the input, for example with a"
              + " query");
    }
    return field;
  }

  private static void refuseTwice(String option, List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new JobException(ExitCode.USAGE, option + " names column '" + name + "' twice");
      }
    }
  }
}
