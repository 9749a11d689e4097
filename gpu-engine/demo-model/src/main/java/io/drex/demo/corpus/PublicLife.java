package io.drex.demo.corpus;

import static io.drex.demo.corpus.Phrases.number;

import java.util.List;

/** Stories of courts, councils, elections and schools. */
final class PublicLife {
  private PublicLife() {}

  static Story court(Scene scene, Phrases phrases, Draws draws) {
    int age = draws.between(18, 79);
    int years = draws.between(2, 24);
    String crime =
        draws.pick("fraud", "burglary", "robbery", "arson", "theft", "blackmail", "perjury");
    boolean guilty = draws.chance(.7);
    String from = scene.person() + ", " + age + ", from " + scene.city();
    String last = scene.lastName();
    String lead =
        draws.pick(
            from + ", appeared at " + phrases.city() + " Crown Court on " + scene.day() + ".",
            "The trial of " + from + ", ended on " + scene.day() + ".");
    String charge =
        draws.pick(
            "The charge was " + crime + ".", "The case concerned a charge of " + crime + ".");
    String verdict =
        guilty
            ? draws.pick(
                "The jury found "
                    + last
                    + " guilty and the judge passed a sentence of "
                    + number(years)
                    + " years.",
                last + " was given a sentence of " + number(years) + " years.")
            : draws.pick(
                "The jury cleared " + last + " of the charge.", last + " was found not guilty.");
    String quote = phrases.quote("Judge " + phrases.lastName());
    String who = scene.person() + " from " + scene.city();
    String summary =
        guilty
            ? who + " has been jailed for " + number(years) + " years for " + crime + "."
            : who + " has been cleared of " + crime + ".";
    return new Story(List.of(lead, charge, verdict, quote), summary);
  }

  static Story council(Scene scene, Phrases phrases, Draws draws) {
    String project =
        draws.pick(
            "library",
            "car park",
            "swimming pool",
            "bus station",
            "community centre",
            "cycle path",
            "leisure centre",
            "recycling plant");
    boolean approved = draws.chance(.5);
    String price = phrases.money();
    int more = draws.between(20, 40);
    int fewer = draws.between(3, 19);
    String lead =
        draws.pick(
            "Councillors in "
                + scene.city()
                + " met on "
                + scene.day()
                + " to discuss plans for a new "
                + project
                + ".",
            "Plans for a new "
                + project
                + " were put to "
                + scene.city()
                + " council on "
                + scene.day()
                + ".");
    String cost = "The project would cost " + price + ".";
    String vote =
        "The plan was "
            + (approved ? "passed" : "rejected")
            + " by "
            + more
            + " votes to "
            + fewer
            + ".";
    String quote = phrases.quote("council leader " + scene.person());
    String summary =
        approved
            ? "Plans for a new "
                + project
                + " in "
                + scene.city()
                + " costing "
                + price
                + " have been approved."
            : "Councillors in "
                + scene.city()
                + " have rejected plans for a new "
                + project
                + " costing "
                + price
                + ".";
    return new Story(List.of(lead, cost, vote, quote), summary);
  }

  static Story election(Scene scene, Phrases phrases, Draws draws) {
    String rival = phrases.person();
    String party = draws.pick("Green", "Labour", "Liberal", "Unity", "Reform", "Progress");
    String rivalParty = draws.pick("Citizens", "Conservative", "Civic", "People's");
    int thousands = draws.between(1, 29);
    int units = draws.between(100, 999);
    String winnerOf = scene.person() + " of the " + party + " Party";
    String loserOf = rival + " of the " + rivalParty + " Party";
    String lead =
        draws.pick(
            "Voters in " + scene.city() + " chose a new mayor on " + scene.day() + ".",
            "The election for mayor of " + scene.city() + " was held on " + scene.day() + ".");
    String result =
        draws.pick(winnerOf + " defeated " + loserOf + ".", loserOf + " lost to " + winnerOf + ".");
    String majority = "The majority was " + thousands + "," + units + " votes.";
    String quote = phrases.quote(draws.chance(.5) ? scene.person() : rival);
    String summary = winnerOf + " has been elected mayor of " + scene.city() + ".";
    return new Story(List.of(lead, result, majority, quote), summary);
  }

  static Story school(Scene scene, Phrases phrases, Draws draws) {
    String school =
        scene.city() + " " + draws.pick("Academy", "Primary School", "High School", "College");
    int percent = draws.between(40, 99);
    int pupils = draws.between(100, 1900);
    boolean good = draws.chance(.6);
    String lead =
        draws.pick(
            "Inspectors visited " + school + " in " + phrases.month() + ".",
            "A report on " + school + " was published on " + scene.day() + ".");
    String size = "The school has " + pupils + " pupils.";
    String rating =
        good
            ? draws.pick(
                "Teaching was rated outstanding.", "Inspectors praised the standard of teaching.")
            : draws.pick(
                "Teaching was rated poor.", "Inspectors criticised the standard of teaching.");
    String exams = "Some " + percent + "% of pupils passed their exams.";
    String quote = phrases.quote("head teacher " + scene.person());
    String summary =
        "Inspectors have "
            + (good ? "praised" : "criticised")
            + " teaching at "
            + school
            + ", where "
            + percent
            + "% of pupils passed their exams.";
    return new Story(List.of(lead, size, rating, exams, quote), summary);
  }
}
