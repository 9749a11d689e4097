package io.drex.demo.corpus;

import static io.drex.demo.corpus.Phrases.capitalized;
import static io.drex.demo.corpus.Phrases.number;

import java.util.List;

/** Stories of companies and work. */
final class Economy {
  private Economy() {}

  static Story business(Scene scene, Phrases phrases, Draws draws) {
    String company = phrases.company();
    String profit = phrases.money();
    boolean up = draws.chance(.5);
    int percent = draws.between(2, 48);
    String lead =
        draws.pick(
            company + " published its results for the year on " + scene.day() + ".",
            "The annual results of " + company + " were published on " + scene.day() + ".");
    String profits =
        draws.pick(
            "Profits " + (up ? "rose" : "fell") + " by " + percent + "% to " + profit + ".",
            "The company made a profit of "
                + profit
                + ", "
                + (up ? "up" : "down")
                + " "
                + percent
                + "% on last year.");
    String market =
        draws.pick(
            "Sales in " + phrases.city() + " were " + draws.pick("strong", "weak", "flat") + ".",
            "Shares in the company closed "
                + draws.between(1, 9)
                + "% "
                + draws.pick("higher", "lower")
                + ".");
    String quote = phrases.quote("chief executive " + scene.person());
    String summary =
        "Profits at "
            + company
            + " have "
            + (up ? "risen" : "fallen")
            + " "
            + percent
            + "% to "
            + profit
            + ".";
    return new Story(List.of(lead, profits, market, quote), summary);
  }

  static Story strike(Scene scene, Phrases phrases, Draws draws) {
    String workers =
        draws.pick(
            "train drivers",
            "nurses",
            "teachers",
            "bus drivers",
            "refuse workers",
            "firefighters",
            "postal workers");
    int days = draws.between(2, 9);
    int percent = draws.between(2, 15);
    String month = phrases.month();
    String lead =
        draws.pick(
            capitalized(workers)
                + " in "
                + scene.city()
                + " voted on "
                + scene.day()
                + " to go on strike.",
            "A union representing "
                + workers
                + " in "
                + scene.city()
                + " announced a strike on "
                + scene.day()
                + ".");
    String length = "The walkout will last for " + number(days) + " days in " + month + ".";
    String demand = "They want a pay rise of " + percent + "%.";
    String quote = phrases.quote("union leader " + scene.person());
    String summary =
        capitalized(workers)
            + " in "
            + scene.city()
            + " will strike for "
            + number(days)
            + " days in "
            + month
            + " over pay.";
    return new Story(List.of(lead, length, demand, quote), summary);
  }

  static Story jobs(Scene scene, Phrases phrases, Draws draws) {
    String company = phrases.company();
    int jobs = draws.between(2, 98) * 10;
    boolean cut = draws.chance(.5);
    String site = draws.pick("plant", "office", "call centre", "depot", "store");
    String lead =
        draws.pick(
            company
                + " made an announcement about its "
                + site
                + " in "
                + scene.city()
                + " on "
                + scene.day()
                + ".",
            "Staff at the "
                + company
                + " "
                + site
                + " in "
                + scene.city()
                + " were called to a meeting on "
                + scene.day()
                + ".");
    String plan =
        cut
            ? draws.pick(
                "The company will cut " + jobs + " jobs.", "A total of " + jobs + " jobs will go.")
            : draws.pick(
                "The company will hire " + jobs + " people.",
                "A total of " + jobs + " new jobs will be created.");
    String reason =
        "It said "
            + draws.pick("rising costs", "strong demand", "new technology", "changes in the market")
            + " lay behind the decision.";
    String quote = phrases.quote("union official " + scene.person());
    String summary =
        company
            + (cut ? " is to cut " : " is to create ")
            + jobs
            + " jobs at its "
            + site
            + " in "
            + scene.city()
            + ".";
    return new Story(List.of(lead, plan, reason, quote), summary);
  }
}
