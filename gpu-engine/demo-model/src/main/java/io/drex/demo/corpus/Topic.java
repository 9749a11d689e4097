package io.drex.demo.corpus;

import java.util.Locale;

/** The topics. Their order is part of the corpus: an article draws its topic by ordinal. */
enum Topic {
  FIRE(Incidents::fire),
  FOOTBALL(Leisure::football),
  BUSINESS(Economy::business),
  COURT(PublicLife::court),
  CRASH(Incidents::crash),
  COUNCIL(PublicLife::council),
  WEATHER(Incidents::weather),
  HEALTH(Science::health),
  STRIKE(Economy::strike),
  WILDLIFE(Science::wildlife),
  JOBS(Economy::jobs),
  ELECTION(PublicLife::election),
  MUSEUM(Leisure::museum),
  MISSING(Incidents::missing),
  SPACE(Science::space),
  SCHOOL(PublicLife::school);

  private final Writer writer;

  Topic(Writer writer) {
    this.writer = writer;
  }

  Story write(Scene scene, Phrases phrases, Draws draws) {
    return writer.write(scene, phrases, draws);
  }

  /** The name as it stands in the corpus. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @FunctionalInterface
  private interface Writer {
    Story write(Scene scene, Phrases phrases, Draws draws);
  }
}
