package io.drex.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowKeyTest {
  @Test
  void isThirtyTwoBytesAndNeverChanges() {
    byte[] key = RowKey.of("f", "id", List.of("a", "b"));
    assertThat(key).hasSize(RowKey.BYTES);
    assertThat(HexFormat.of().formatHex(key))
        .isEqualTo("c4f23c545d43d824fe59bf57ed31cc9a26248a3ae9a2c882ac525e2e430620ac");
  }

  @Test
  void keepsPartsApart() {
    byte[] key = RowKey.of("f", "id", List.of("ab", "c"));
    assertThat(RowKey.of("f", "id", List.of("a", "bc"))).isNotEqualTo(key);
    assertThat(RowKey.of("f", "ida", List.of("b", "c"))).isNotEqualTo(key);
    assertThat(RowKey.of("fi", "d", List.of("ab", "c"))).isNotEqualTo(key);
  }

  @Test
  void tellsNullFromEmpty() {
    assertThat(RowKey.of("f", "id", Arrays.asList((String) null)))
        .isNotEqualTo(RowKey.of("f", "id", List.of("")))
        .isNotEqualTo(RowKey.of("f", "id", List.of()));
  }
}
