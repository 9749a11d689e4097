package io.drex.job.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.chart.BarChart.Bar;
import io.drex.job.chart.LineChart.Line;
import io.drex.job.chart.LineChart.Point;
import io.drex.job.chart.RangeChart.Range;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ChartTest {
  private static final Axis TIME = new Axis("seconds", 0, 10);
  private static final Axis SPEED = new Axis("tokens < all", 0, 100);

  @Test
  void theLongestBarTakesAllTheRoomAndOthersTheirShare() throws Exception {
    Document svg =
        parse(BarChart.svg("errors", List.of(new Bar("a", 40, "40"), new Bar("<b>", 10, "10"))));

    assertThat(texts(svg, "rect", "width")).containsExactly("320.0", "80.0");
    assertThat(svg.getDocumentElement().getTextContent()).contains("<b>");
  }

  @Test
  void barsOfNothingHaveNoLength() throws Exception {
    assertThat(texts(parse(BarChart.svg("x", List.of(new Bar("a", 0, "0")))), "rect", "width"))
        .containsExactly("0.0");
  }

  @Test
  void aLineRisesWithItsValues() throws Exception {
    Line line = new Line("all", List.of(new Point(0, 0), new Point(10, 100)));
    Document svg = parse(LineChart.svg("speed", TIME, SPEED, List.of(line)));

    assertThat(texts(svg, "polyline", "points")).containsExactly("80.0,212.0 624.0,28.0");
    assertThat(texts(svg, "circle", "cx")).containsExactly("80.0", "624.0");
    assertThat(svg.getDocumentElement().getTextContent()).contains("seconds", "tokens < all");
  }

  @Test
  void aStepHoldsUntilTheNextAndTheLastToTheEnd() {
    assertThat(Line.steps("t", List.of(new Point(0, 8), new Point(3, 2)), 10).points())
        .containsExactly(new Point(0, 8), new Point(3, 8), new Point(3, 2), new Point(10, 2));
  }

  @Test
  void aRangeReachesFromLowToHigh() throws Exception {
    Range range = new Range(5, 0, 50, 100, "depth & more");
    Document svg = parse(RangeChart.svg("c", TIME, SPEED, List.of(range)));
    Element group = (Element) svg.getElementsByTagName("g").item(0);
    Element bar = (Element) group.getElementsByTagName("line").item(0);

    assertThat(bar.getAttribute("y1")).isEqualTo("212.0");
    assertThat(bar.getAttribute("y2")).isEqualTo("28.0");
    assertThat(texts(svg, "circle", "cx")).containsExactly("352.0");
    assertThat(texts(svg, "circle", "cy")).containsExactly("120.0");
    assertThat(svg.getElementsByTagName("title").item(0).getTextContent())
        .isEqualTo("depth & more");
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> texts(Document svg, String element, String attribute) {
    List<String> texts = new ArrayList<>();
    NodeList all = svg.getElementsByTagName(element);
    for (int i = 0; i < all.getLength(); i++) {
      texts.add(((Element) all.item(i)).getAttribute(attribute));
    }
    return texts;
  }
}
