package io.drex.demo.corpus;

import java.util.List;

/** Stories of medicine, animals and space. */
final class Science {
  private Science() {}

  static Story health(Scene scene, Phrases phrases, Draws draws) {
    String disease =
        draws.pick("diabetes", "asthma", "heart disease", "migraine", "arthritis", "flu");
    int percent = draws.between(5, 60);
    int hundreds = draws.between(2, 90);
    String treatment = draws.pick("drug", "vaccine", "diet", "exercise plan", "app");
    boolean helps = draws.chance(.7);
    String university = "the University of " + scene.city();
    String lead =
        draws.pick(
            "Scientists at " + university + " tested a new " + treatment + " for " + disease + ".",
            "A study at "
                + university
                + " looked at a new "
                + treatment
                + " for people with "
                + disease
                + ".");
    String trial =
        "The trial involved " + hundreds + "00 patients over " + draws.between(2, 24) + " months.";
    String effect =
        helps
            ? draws.pick(
                "Symptoms fell by " + percent + "% in those who took part.",
                "Those who took part had " + percent + "% fewer symptoms.")
            : draws.pick(
                "There was no difference in symptoms.", "It made no difference to symptoms.");
    String quote = phrases.quote("lead author Dr " + scene.person());
    String summary =
        "A new "
            + treatment
            + (helps
                ? " can cut the symptoms of " + disease + " by " + percent + "%"
                : " does not help people with " + disease)
            + ", a study at "
            + university
            + " has found.";
    return new Story(List.of(lead, trial, effect, quote), summary);
  }

  static Story wildlife(Scene scene, Phrases phrases, Draws draws) {
    String animals =
        draws.pick(
            "otters",
            "beavers",
            "eagles",
            "seals",
            "red squirrels",
            "owls",
            "dolphins",
            "bats",
            "storks");
    int count = draws.between(3, 90);
    boolean up = draws.chance(.6);
    String place = draws.pick("River", "Lake", "Mount", "Cape") + " " + phrases.lastName();
    String lead =
        draws.pick(
            "A survey has counted the " + animals + " living near " + place + ".",
            "Volunteers spent "
                + draws.between(2, 12)
                + " weeks counting "
                + animals
                + " near "
                + place
                + ".");
    String more = up ? "more" : "fewer";
    String found =
        draws.pick(
            "They found " + count + " of them, " + more + " than last year.",
            "There were " + count + ", " + more + " than in the last count.");
    String charity =
        "The charity has worked in " + scene.city() + " since " + draws.between(1950, 2019) + ".";
    String quote = phrases.quote("warden " + scene.person());
    String summary =
        "The number of "
            + animals
            + " near "
            + place
            + " has "
            + (up ? "risen" : "fallen")
            + " to "
            + count
            + ".";
    return new Story(List.of(lead, found, charity, quote), summary);
  }

  static Story space(Scene scene, Phrases phrases, Draws draws) {
    String craft = draws.pick("satellite", "probe", "rocket", "telescope", "rover");
    boolean success = draws.chance(.65);
    String name =
        draws.pick("Aurora", "Vesper", "Orion", "Lyra", "Halo", "Corvus")
            + " "
            + draws.between(2, 9);
    String target = draws.pick("Mars", "the Moon", "Venus", "Jupiter", "low orbit");
    String ship = "the " + name + " " + craft;
    String lead =
        draws.pick(
            "The "
                + name
                + " "
                + craft
                + " was launched towards "
                + target
                + " on "
                + scene.day()
                + ".",
            "Engineers launched " + ship + " towards " + target + " on " + scene.day() + ".");
    String course =
        success
            ? draws.pick("The launch went as planned.", "All systems are working well.")
            : draws.pick(
                "Contact was lost after " + draws.between(2, 59) + " minutes.",
                "It failed " + draws.between(2, 59) + " minutes after leaving the ground.");
    String cost = "The mission has cost " + phrases.money() + ".";
    String quote = phrases.quote("mission director " + scene.person());
    String summary =
        success
            ? "The "
                + name
                + " "
                + craft
                + " has been launched successfully towards "
                + target
                + "."
            : "The "
                + name
                + " "
                + craft
                + " has been lost after its launch towards "
                + target
                + ".";
    return new Story(List.of(lead, course, cost, quote), summary);
  }
}
