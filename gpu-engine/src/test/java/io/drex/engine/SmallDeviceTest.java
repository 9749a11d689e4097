package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.DeviceBackend;
import io.drex.device.DeviceOutOfMemoryException;
import io.drex.device.KvFill;
import io.drex.device.TinyModel;
import io.drex.device.cpu.CpuBackend;
import io.drex.device.cpu.CpuProvider;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A device that runs out of memory in large calls still completes every row, to the byte (E2). */
@Timeout(120)
class SmallDeviceTest {
  private static final LoadedModel MODEL = TinyModel.random(1, DType.F32);
  private static final EngineOptions OPTIONS =
      EngineOptions.defaults().withDevice("cpu").withMaxSequenceTokens(100).withMeasureMillis(20);
  private static final int ROWS = 40;

  @ParameterizedTest
  @EnumSource(KvFill.class)
  void smallerCallsGiveTheSameBytes(KvFill kvFill) throws InterruptedException {
    EngineOptions options = OPTIONS.withKvFill(kvFill);
    Map<Long, Completion> expected;
    try (DrexEngine engine = DrexEngine.open(MODEL, options.withSlots(1));
        EngineSession session = engine.openSession("alone")) {
      expected = complete(session);
    }
    try (DrexEngine engine = DrexEngine.open(MODEL, options, withMemoryFor(6));
        EngineSession session = engine.openSession("task")) {
      Map<Long, Completion> actual = complete(session);
      actual.forEach(
          (id, completion) -> {
            Completion alone = Objects.requireNonNull(expected.get(id));
            assertThat(completion.finishReason()).isEqualTo(alone.finishReason());
            assertThat(completion.tokens()).isEqualTo(alone.tokens());
            assertThat(completion.depths()).isEqualTo(alone.depths());
            assertThat(completion.confidences()).isEqualTo(alone.confidences());
          });
      assertThat(engine.snapshot().outOfMemoryCalls()).isBetween(1L, 10L);
    }
  }

  @Test
  void rowsThatDoNotFitAloneFailAndTheEngineLivesOn() throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(MODEL, OPTIONS, withMemoryFor(0));
        EngineSession session = engine.openSession("task")) {
      assertThat(complete(session).values())
          .hasSize(ROWS)
          .allSatisfy(
              completion ->
                  assertThat(Replies.errorOf(completion))
                      .isEqualTo(
                          new RowError(
                              ErrorCode.DEVICE_FAULT,
                              "two device calls for this row failed, the last with: no memory for"
                                  + " a call of 1 rows")));
      assertThat(engine.lost()).isNull();
    }
  }

  private static Map<Long, Completion> complete(EngineSession session) throws InterruptedException {
    Random random = new Random(7);
    for (long id = 0; id < ROWS; id++) {
      int[] prompt = random.ints(1 + random.nextInt(20), 1, MODEL.spec().vocabSize()).toArray();
      assertThat(session.submit(new Request(id, prompt, new SamplingParams(12)), 30_000)).isTrue();
    }
    return Replies.all(session);
  }

  private static DeviceBackend withMemoryFor(int mostRows) {
    InterceptedBackend.Interceptor small =
        new InterceptedBackend.Interceptor() {
          @Override
          public void before(InterceptedBackend.Verb verb, int ordinal) {}

          @Override
          public void before(InterceptedBackend.Verb verb, int ordinal, int rows) {
            if (rows > mostRows) {
              throw new DeviceOutOfMemoryException("no memory for a call of " + rows + " rows");
            }
          }
        };
    return new InterceptedBackend(new CpuBackend(CpuProvider.VECTOR), small);
  }
}
