/**
 * Files on any Hadoop file system: which systems may be read, and files that readers see whole or
 * not at all. Start with {@link io.drex.spark.storage.WholeFile} and {@link
 * io.drex.spark.storage.StoreCalls}.
 */
@NullMarked
package io.drex.spark.storage;

import org.jspecify.annotations.NullMarked;
