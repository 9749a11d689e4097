/**
 * The one registry of configuration: each key is an option, a JSON key and a {@code spark.drex.*}
 * entry. Start with {@link io.drex.spark.conf.ConfigKeys} and {@link
 * io.drex.spark.conf.DrexConfig}.
 */
@NullMarked
package io.drex.spark.conf;

import org.jspecify.annotations.NullMarked;
