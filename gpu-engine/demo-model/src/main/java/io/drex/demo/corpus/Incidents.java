package io.drex.demo.corpus;

import static io.drex.demo.corpus.Phrases.capitalized;
import static io.drex.demo.corpus.Phrases.number;

import java.util.List;

/** Stories of things that went wrong: fires, crashes, bad weather, missing people. */
final class Incidents {
  private Incidents() {}

  static Story fire(Scene scene, Phrases phrases, Draws draws) {
    String building =
        draws.pick(
            "factory",
            "warehouse",
            "block of flats",
            "hotel",
            "school",
            "shopping centre",
            "farm",
            "restaurant");
    int hurt = draws.between(0, 3) == 0 ? 0 : draws.between(2, 40);
    int engines = draws.between(3, 20);
    String where = building + " in " + scene.city();
    String lead =
        draws.pick(
            "Firefighters were called to a " + where + " on " + scene.day() + ".",
            "A " + where + " caught fire on " + scene.day() + ".",
            "Crews tackled a large blaze at a " + where + " on " + scene.day() + ".");
    String people = capitalized(number(hurt)) + " people ";
    String harm =
        hurt == 0
            ? draws.pick("Nobody was hurt.", "No injuries were reported.")
            : draws.pick(
                people + "were taken to hospital.",
                people + "were treated for smoke inhalation.",
                "Paramedics treated " + number(hurt) + " people at the scene.");
    String crews =
        draws.pick(
            "About " + engines + " fire engines were sent to the scene.",
            "Crews from "
                + engines
                + " stations spent "
                + draws.between(2, 12)
                + " hours at the scene.");
    String quote = phrases.quote("fire officer " + scene.person());
    String summary =
        hurt == 0
            ? "A fire has damaged a " + where + " but nobody was hurt."
            : people + "have been injured in a fire at a " + where + ".";
    return new Story(List.of(lead, harm, crews, quote), summary);
  }

  static Story crash(Scene scene, Phrases phrases, Draws draws) {
    String first = draws.pick("car", "lorry", "bus", "van", "motorbike");
    String second = draws.pick("tram", "train", "tractor", "bicycle", "coach");
    int count = draws.between(1, 12);
    String road = draws.pick("A", "M", "B") + draws.between(1, 99);
    boolean deadly = draws.chance(.4);
    String place = road + " near " + scene.city() + " on " + scene.day();
    String lead =
        draws.pick(
            "A " + first + " and a " + second + " collided on the " + place + ".",
            "Police closed the " + place + " after a " + first + " hit a " + second + ".");
    String people = count == 1 ? "One person" : capitalized(number(count)) + " people";
    String were = count == 1 ? "was" : "were";
    String harm =
        deadly
            ? draws.pick(
                people + " died at the scene.",
                people + " " + were + " pronounced dead at the scene.")
            : draws.pick(
                people + " " + were + " taken to hospital.",
                people + " " + were + " treated for injuries.");
    String closed = "The road was closed for " + draws.between(2, 14) + " hours.";
    String appeal =
        "Police asked anyone who saw the crash to contact officer " + scene.person() + ".";
    String summary =
        people
            + (count == 1 ? " has been " : " have been ")
            + (deadly ? "killed" : "hurt")
            + " in a crash between a "
            + first
            + " and a "
            + second
            + " near "
            + scene.city()
            + ".";
    return new Story(List.of(lead, harm, closed, appeal), summary);
  }

  static Story weather(Scene scene, Phrases phrases, Draws draws) {
    String event =
        draws.pick(
            "heavy rain", "strong winds", "thick fog", "heavy snow", "a heatwave", "thunderstorms");
    int count = draws.between(2, 90);
    Damage damage = damage(draws.pick("homes", "schools", "flights", "trains"), count);
    String area = "the " + scene.city() + " area on " + scene.day() + ".";
    String lead =
        draws.pick(
            capitalized(event) + " hit " + area,
            "Forecasters issued a warning for " + event + " in " + area);
    String temperature =
        "Temperatures reached " + draws.between(1, 38) + " degrees in " + phrases.city() + ".";
    String quote = phrases.quote("forecaster " + scene.person());
    String has = event.endsWith("s") ? " have " : " has ";
    String summary = capitalized(event) + " in " + scene.city() + has + damage.inSummary() + ".";
    return new Story(List.of(lead, damage.sentence(), temperature, quote), summary);
  }

  private record Damage(String sentence, String inSummary) {}

  private static Damage damage(String kind, int count) {
    return switch (kind) {
      case "homes" ->
          new Damage(
              "About " + count + ",000 homes were left without power.",
              "left " + count + ",000 homes without power");
      case "schools" ->
          new Damage(
              "A total of " + count + " schools had to close.", "closed " + count + " schools");
      case "flights" ->
          new Damage(
              "The airport cancelled " + count + " flights.",
              "led to " + count + " flights being cancelled");
      default ->
          new Damage("At least " + count + " trains were delayed.", "delayed " + count + " trains");
    };
  }

  static Story missing(Scene scene, Phrases phrases, Draws draws) {
    int age = draws.between(8, 88);
    int days = draws.between(2, 14);
    boolean found = draws.chance(.5);
    String place = draws.pick("woods", "a barn", "a park", "the hills", "a railway station");
    String person = scene.person();
    String last = scene.lastName();
    String lead =
        draws.pick(
            person
                + ", "
                + age
                + ", was last seen in "
                + scene.city()
                + " "
                + number(days)
                + " days ago.",
            "Police began a search "
                + number(days)
                + " days ago for "
                + person
                + ", "
                + age
                + ", from "
                + scene.city()
                + ".");
    String outcome =
        found
            ? draws.pick(
                last + " was found safe in " + place + " on " + scene.day() + ".",
                "On " + scene.day() + " officers found " + last + " safe in " + place + ".")
            : draws.pick(
                "There has been no sign of " + last + " since.",
                "Officers have not been able to find " + last + ".");
    String volunteers = "About " + draws.between(20, 300) + " volunteers joined the search.";
    String quote = phrases.quote("Inspector " + phrases.lastName());
    String summary =
        found
            ? person
                + ", who went missing from "
                + scene.city()
                + " "
                + number(days)
                + " days ago, has been found safe."
            : "Police are searching for "
                + person
                + ", who has been missing from "
                + scene.city()
                + " for "
                + number(days)
                + " days.";
    return new Story(List.of(lead, outcome, volunteers, quote), summary);
  }
}
