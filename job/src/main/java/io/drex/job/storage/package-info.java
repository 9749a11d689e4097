/**
 * Small files on any Hadoop file system: read whole, written so that readers never see half of one.
 * Start with {@link io.drex.job.storage.TextFile} and {@link io.drex.job.storage.JsonFile}.
 */
@NullMarked
package io.drex.job.storage;

import org.jspecify.annotations.NullMarked;
