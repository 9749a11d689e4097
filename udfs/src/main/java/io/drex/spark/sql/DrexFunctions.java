package io.drex.spark.sql;

import io.drex.spark.quality.RougeVariant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.analysis.NoSuchFunctionException;
import org.apache.spark.sql.catalyst.analysis.NoSuchNamespaceException;
import org.apache.spark.sql.connector.catalog.FunctionCatalog;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/**
 * The catalog of the SQL functions. With {@code
 * spark.sql.catalog.drex=io.drex.spark.sql.DrexFunctions} they are {@code drex.rouge_l(completion,
 * reference)} and so on; the catalog's name is the user's choice, case aside, and it has no options
 * and no namespaces. Spark creates it by its public constructor.
 */
public final class DrexFunctions implements FunctionCatalog {
  private static final List<TextPairFunction> FUNCTIONS = functions();

  private String name = "";

  @Override
  public void initialize(String catalogName, CaseInsensitiveStringMap options) {
    name = catalogName;
  }

  @Override
  public String name() {
    return name;
  }

  /**
   * All functions.
   *
   * @throws NoSuchNamespaceException if a namespace is given
   */
  @Override
  public Identifier[] listFunctions(String[] namespace) throws NoSuchNamespaceException {
    if (namespace.length > 0) {
      throw new NoSuchNamespaceException(qualified(namespace));
    }
    return FUNCTIONS.stream()
        .map(function -> Identifier.of(namespace, function.name()))
        .toArray(Identifier[]::new);
  }

  /**
   * The function of a name, in upper or lower case.
   *
   * @throws NoSuchFunctionException if there is none
   */
  @Override
  public UnboundFunction loadFunction(Identifier identifier) throws NoSuchFunctionException {
    if (identifier.namespace().length == 0) {
      for (TextPairFunction function : FUNCTIONS) {
        if (function.name().equalsIgnoreCase(identifier.name())) {
          return function;
        }
      }
    }
    String[] namespace = qualified(identifier.namespace());
    throw new NoSuchFunctionException(Identifier.of(namespace, identifier.name()));
  }

  /** With the catalog's name, as errors show it. */
  private String[] qualified(String[] namespace) {
    List<String> parts = new ArrayList<>(Arrays.asList(namespace));
    parts.add(0, name);
    return parts.toArray(String[]::new);
  }

  private static List<TextPairFunction> functions() {
    List<TextPairFunction> functions = new ArrayList<>();
    for (RougeVariant variant : RougeVariant.values()) {
      functions.add(new TextPairFunction(new RougeFunction(variant)));
    }
    for (RougeVariant variant : RougeVariant.values()) {
      functions.add(new TextPairFunction(new AverageRougeFunction(variant)));
    }
    functions.add(new TextPairFunction(new ExactMatchFunction()));
    return List.copyOf(functions);
  }
}
