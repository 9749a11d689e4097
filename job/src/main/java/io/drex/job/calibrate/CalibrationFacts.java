package io.drex.job.calibrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.engine.ExitTally;
import io.drex.job.calibrate.Calibration.Tried;
import io.drex.job.run.DriverModel;
import io.drex.job.storage.JsonFile;
import io.drex.model.ModelLoader;
import io.drex.model.RampSpec;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;

/** What a calibration's files say of it, as JSON. */
final class CalibrationFacts {
  private static final double ROUND = 1e6;

  private CalibrationFacts() {}

  /** What was tested, on what, and how. */
  static ObjectNode setup(DrexConfig config, DriverModel model, Sample sample, HeldOut heldOut) {
    Calibration run = heldOut.setup();
    ObjectNode facts = JsonFile.mapper().createObjectNode();
    facts.put("method", "learn-then-test, fixed sequence");
    facts.put("budget", QualityBudget.parse(config.value(ConfigKeys.QUALITY_BUDGET)).text());
    facts.put("confidence", config.value(ConfigKeys.CONFIDENCE));
    facts.put("proposingRows", sample.proposing().size());
    facts.put("heldOutRows", heldOut.rows());
    facts.put("unusableRows", heldOut.unusable());
    facts.put("kvFill", config.value(ConfigKeys.KV_FILL));
    facts.put("maxNewTokens", run.maxNewTokens());
    // Without ramps, so that shipping the thresholds that were chosen does not change it.
    facts.put(
        "modelWithoutRampsSha256",
        ModelLoader.hashWithoutRamps(model.folder(), model.loaded().spec().ramps()));
    facts.put("device", run.backend().implementation());
    return facts;
  }

  /** Adds what the chosen candidate showed on the held-out rows. */
  static void add(Tried chosen, ObjectNode facts) {
    facts.put("loss", rounded(chosen.loss()));
    facts.put("lossBound", rounded(chosen.bound()));
    facts.put("meanDepth", rounded(chosen.meanDepth()));
    facts.put("work", rounded(chosen.work()));
    ExitTally exits = chosen.run().exits();
    ObjectNode shares = facts.putObject("exitShares");
    for (RampSpec ramp : chosen.candidate().ramps()) {
      shares.put(Integer.toString(ramp.depth()), rounded(exits.share(ramp.depth())));
    }
    shares.put("full", rounded(exits.fullDepthShare()));
  }

  private static double rounded(double value) {
    return Math.round(value * ROUND) / ROUND;
  }
}
