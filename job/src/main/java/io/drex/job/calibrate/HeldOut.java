package io.drex.job.calibrate;

import io.drex.engine.Completion;
import io.drex.engine.EngineOptions;
import io.drex.engine.ExitTally;
import io.drex.job.calibrate.QualityBudget.Quality;
import io.drex.job.calibrate.RowLoss.Answer;
import io.drex.job.calibrate.Sample.SampleRow;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.tokenizer.Tokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The held-out rows with their full-depth completions, beside which any candidate can be run. Rows
 * that fail at full depth are left out: they say nothing about exits.
 *
 * @param full the completions without exits, of all held-out rows
 * @param usable indices of the rows that count
 * @param unusable rows drawn that do not
 */
record HeldOut(
    Calibration setup,
    Quality quality,
    List<SampleRow> drawn,
    FreeRun full,
    List<Integer> usable,
    int unusable) {

  /** Completes the held-out rows of a sample at full depth. */
  static HeldOut atFullDepth(Calibration setup, Sample sample, Quality quality) {
    List<SampleRow> drawn = sample.heldOut();
    EngineOptions options = setup.options().withPolicy("full_depth");
    FreeRun full = FreeRun.of(setup.model(), options, drawn, setup.maxNewTokens());
    List<Integer> usable =
        IntStream.range(0, drawn.size()).filter(full::completed).boxed().toList();
    int unusable = sample.unusable() + drawn.size() - usable.size();
    return new HeldOut(setup, quality, drawn, full, usable, unusable);
  }

  /** Rows that count. */
  int rows() {
    return usable.size();
  }

  /** Runs a candidate freely and compares each row with its full-depth completion. */
  CandidateRun run(Candidate candidate) {
    return compare(candidate, complete(candidate, drawn));
  }

  /**
   * The same as {@link #run} of each candidate, with less work: a row is run again only where a
   * stricter candidate would have decided otherwise. All decisions of a row stand if every
   * confidence with which a token left passes the stricter threshold too, because what did not pass
   * the looser one does not pass that either, and a row's results depend on its own decisions only.
   *
   * @param candidates strictest first: no threshold may rise from one to the next
   */
  List<CandidateRun> runAll(List<Candidate> candidates) {
    Deque<CandidateRun> runs = new ArrayDeque<>();
    List<Completion> looser = List.of();
    for (int i = candidates.size() - 1; i >= 0; i--) {
      Candidate candidate = candidates.get(i);
      boolean comparable = i + 1 < candidates.size() && candidate.readsAlike(candidates.get(i + 1));
      looser = comparable ? rerunWhereStricter(candidate, looser) : complete(candidate, drawn);
      runs.addFirst(compare(candidate, looser));
    }
    return List.copyOf(runs);
  }

  private List<Completion> rerunWhereStricter(Candidate candidate, List<Completion> looser) {
    List<Integer> rows =
        IntStream.range(0, drawn.size())
            .filter(row -> !candidate.standsFor(looser.get(row)))
            .boxed()
            .toList();
    if (rows.isEmpty()) {
      return looser;
    }
    List<Completion> again = complete(candidate, rows.stream().map(drawn::get).toList());
    List<Completion> completions = new ArrayList<>(looser);
    for (int i = 0; i < rows.size(); i++) {
      completions.set(rows.get(i), again.get(i));
    }
    return completions;
  }

  private List<Completion> complete(Candidate candidate, List<SampleRow> rows) {
    LoadedModel cut = setup.model().withSpec(spec(candidate));
    EngineOptions options = setup.options().withPolicy("rebatch");
    return FreeRun.of(cut, options, rows, setup.maxNewTokens()).completions();
  }

  private ModelSpec spec(Candidate candidate) {
    return setup.model().spec().withRamps(candidate.ramps());
  }

  private CandidateRun compare(Candidate candidate, List<Completion> completions) {
    FreeRun exits = new FreeRun(completions);
    RowLoss loss = new RowLoss(quality);
    ExitTally all = new ExitTally(spec(candidate), setup.options().kvFill());
    List<Double> losses = new ArrayList<>();
    List<Double> depths = new ArrayList<>();
    for (int row : usable) {
      losses.add(exits.completed(row) ? loss(loss, exits, row) : 1);
      Completion completion = completions.get(row);
      all.add(completion.promptTokens(), completion.depths());
      depths.add(meanDepth(completion));
    }
    return new CandidateRun(candidate, losses, depths, all);
  }

  private static double meanDepth(Completion completion) {
    long layers = 0;
    for (short depth : completion.depths()) {
      layers += depth;
    }
    int tokens = completion.depths().length;
    return tokens == 0 ? 0 : (double) layers / tokens;
  }

  private double loss(RowLoss loss, FreeRun exits, int row) {
    return loss.of(answer(full, row), answer(exits, row), drawn.get(row).reference());
  }

  private Answer answer(FreeRun run, int row) {
    Tokenizer tokenizer = setup.tokenizer();
    int[] tokens = run.completions().get(row).tokens();
    return new Answer(tokens, tokenizer.decode(tokens));
  }
}
