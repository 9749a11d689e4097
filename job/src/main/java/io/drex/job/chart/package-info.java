/**
 * Charts as inline SVG, for pages that are one static file: text in, text out, no fonts, no
 * scripts. Start with {@link io.drex.job.chart.BarChart} and {@link io.drex.job.chart.LineChart}.
 */
@NullMarked
package io.drex.job.chart;

import org.jspecify.annotations.NullMarked;
