package io.drex.job.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.drex.job.calibrate.QualityBudget.Quality;
import io.drex.spark.conf.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QualityBudgetTest {
  @Test
  void readsSharesAndPoints() {
    QualityBudget agreement = QualityBudget.parse(" agreement >= 0.98 ");
    assertThat(agreement.quality()).isEqualTo(Quality.AGREEMENT);
    assertThat(agreement.maxLoss()).isCloseTo(0.02, within(1e-12));
    assertThat(agreement.text()).isEqualTo("agreement>=0.98");
    assertThat(QualityBudget.parse("exact>=.9").quality()).isEqualTo(Quality.EXACT);
    assertThat(QualityBudget.parse("rougeL>=-0.5").maxLoss()).isCloseTo(0.005, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "agreement>0.9",
        "agreement>=1",
        "agreement>=0",
        "rougeL>=0.5",
        "rougeL>=0",
        "bleu>=0.9",
        ""
      })
  void refusesWhatNoTestCanCertify(String text) {
    assertThatThrownBy(() -> QualityBudget.parse(text))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("--quality-budget must be")
        .hasMessageEndingWith("not '" + text + "'");
  }
}
