package io.drex.demo.corpus;

import java.util.List;

/** Stories of football and museums. */
final class Leisure {
  private static final String[] CLUBS = {"United", "City", "Rovers", "Town", "Athletic"};

  private Leisure() {}

  static Story football(Scene scene, Phrases phrases, Draws draws) {
    String otherCity = phrases.city();
    while (otherCity.equals(scene.city())) {
      otherCity = phrases.city();
    }
    String home = scene.city() + " " + draws.pick(CLUBS);
    String guest = otherCity + " " + draws.pick(CLUBS);
    int homeGoals = draws.between(0, 5);
    int guestGoals = draws.between(0, 5);
    // The league twice: it is as likely as the other two together.
    String competition = draws.pick("the league", "the cup", "the league", "the final");
    String occasion = " in " + competition + " on " + scene.day() + ".";
    String lead =
        draws.pick(
            home + " played " + guest + occasion,
            "A crowd of "
                + draws.between(2, 60)
                + ","
                + draws.between(100, 999)
                + " watched "
                + home
                + " against "
                + guest
                + occasion);
    String score = homeGoals + "-" + guestGoals;
    String result =
        draws.pick("The match ended " + score + ".", "The final score was " + score + ".");
    String scorer =
        draws.pick(
            scene.person() + " scored in the " + draws.pick("first", "second") + " half.",
            scene.person() + " scored after " + draws.between(2, 89) + " minutes.");
    String quote = phrases.quote("manager " + phrases.person());
    String summary = outcome(home, homeGoals, guest, guestGoals) + " in " + competition + ".";
    return new Story(List.of(lead, result, scorer, quote), summary);
  }

  /** Names the winner, and the winner's goals, first. */
  private static String outcome(String home, int homeGoals, String guest, int guestGoals) {
    if (homeGoals > guestGoals) {
      return home + " beat " + guest + " " + homeGoals + "-" + guestGoals;
    }
    if (homeGoals < guestGoals) {
      return guest + " beat " + home + " " + guestGoals + "-" + homeGoals;
    }
    return home + " and " + guest + " drew " + homeGoals + "-" + guestGoals;
  }

  static Story museum(Scene scene, Phrases phrases, Draws draws) {
    String object =
        draws.pick(
            "painting",
            "Roman coin",
            "gold ring",
            "dinosaur bone",
            "medieval book",
            "bronze statue",
            "violin");
    int years = draws.between(100, 900);
    String price = phrases.money();
    boolean sold = draws.chance(.5);
    String city = scene.city();
    String lead =
        sold
            ? draws.pick(
                "A " + object + " went under the hammer in " + city + " on " + scene.day() + ".",
                "An auction house in "
                    + city
                    + " put a "
                    + object
                    + " up for sale on "
                    + scene.day()
                    + ".")
            : draws.pick(
                "A " + object + " was found in a field near " + city + " on " + scene.day() + ".",
                "A walker found a " + object + " near " + city + " on " + scene.day() + ".");
    String age = "Experts think it is about " + years + " years old.";
    String fate =
        sold
            ? draws.pick("It was sold for " + price + ".", "The winning bid was " + price + ".")
            : "It will go on display at the " + phrases.city() + " Museum.";
    String quote = phrases.quote("curator " + scene.person());
    String summary =
        sold
            ? "A " + object + " has been sold for " + price + " at an auction in " + city + "."
            : "A " + years + "-year-old " + object + " has been found near " + city + ".";
    return new Story(List.of(lead, age, fate, quote), summary);
  }
}
