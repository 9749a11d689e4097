package io.drex.synthetic;

import io.drex.model.ModelException;
import io.drex.policy.ModelShape;

/**
 * What the name of a synthetic model says: {@code synthetic:<shape>}, or {@code
 * synthetic:<shape>/alias=<n>}, whose layer k has the weights of layer k mod n.
 *
 * @param ownLayers n; all layers where nothing is said
 */
record SyntheticName(ModelShape shape, int ownLayers) {
  private static final String PREFIX = "synthetic:";
  private static final String ALIAS = "/alias=";

  /** For tests of what measures models. */
  private static final ModelShape TINY = new ModelShape("tiny", 4, 64, 160, 4, 2, 16, 300);

  /** Whether a model name means a synthetic model. */
  static boolean isSynthetic(String name) {
    return name.startsWith(PREFIX);
  }

  /** The model of a shape whose layers all have weights of their own. */
  static SyntheticName of(ModelShape shape) {
    return new SyntheticName(shape, shape.layers());
  }

  /**
   * Reads a name.
   *
   * @throws ModelException if there is no such shape or alias; the message lists those there are
   */
  static SyntheticName parse(String name) {
    String rest = isSynthetic(name) ? name.substring(PREFIX.length()) : "";
    int alias = rest.indexOf(ALIAS);
    if (alias < 0) {
      return of(shape(name, rest));
    }
    ModelShape shape = shape(name, rest.substring(0, alias));
    return new SyntheticName(shape, ownLayers(name, shape, rest.substring(alias + ALIAS.length())));
  }

  private static ModelShape shape(String name, String shape) {
    if (shape.equals(TINY.name())) {
      return TINY;
    }
    return ModelShape.named(shape)
        .orElseThrow(
            () ->
                new ModelException(
                    "no synthetic model '%s'; known shapes: %s, %s"
                        .formatted(name, ModelShape.names(), TINY.name())));
  }

  private static int ownLayers(String name, ModelShape shape, String text) {
    int layers = text.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(text) : 0;
    if (layers < 1 || layers > shape.layers()) {
      throw new ModelException(
          "no synthetic model '"
              + name
              + "': alias is the number of layers with weights of their own, 1 to "
              + shape.layers()
              + " for "
              + shape.name());
    }
    return layers;
  }

  /** The name. */
  String text() {
    String alias = ownLayers < shape.layers() ? ALIAS + ownLayers : "";
    return PREFIX + shape.name() + alias;
  }
}
