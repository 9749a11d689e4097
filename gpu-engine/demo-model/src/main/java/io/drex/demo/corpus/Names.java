package io.drex.demo.corpus;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The invented names that all topics share. None is drawn twice in one article. */
final class Names {
  static final List<String> DAYS =
      List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");
  static final List<String> MONTHS =
      List.of(
          "January",
          "February",
          "March",
          "April",
          "May",
          "June",
          "July",
          "August",
          "September",
          "October",
          "November",
          "December");

  private static final List<String> CITIES =
      words(
          "Harlwick Bexworth Wintdale Ashbury Dunleigh Kirkport Marbridge Norport "
              + "Oakpool Penbury Reddale Stanby Thornford Wakeham Langby Bradham "
              + "Hartmouth Crosston Elmfield Fairbridge Glenford Hazelton Invermouth "
              + "Lyndpool Millfield Roxleigh Selworth Tarnstead Whitstead Yarwick");
  private static final List<String> FIRST_NAMES =
      words(
          "Anna James Maria David Priya Omar Helen Peter Sofia Lucas Grace Ivan Nadia Tom Ruth"
              + " Carlos Emma Yusuf Laura Daniel Mei Owen Clara Samuel Ingrid Ravi Julia Marcus"
              + " Alice Hassan");
  private static final List<String> SURNAMES =
      words(
          "Barmere Callin Dorton Elden Fenlin Galwood Holshaw Jarster Kelton "
              + "Lomnard Morwell Nevshaw Ostden Parick Quinnard Rosman Sandett Talson "
              + "Verwood Walett Brookmere Clayley Drayson Pennman Stroley");
  private static final List<String> COMPANY_NAMES =
      words(
          "Alder Beacon Cobalt Delta Everest Falcon Granite Horizon Juniper Keystone Lumen Meridian"
              + " Nimbus Orchard Pioneer Quartz Summit Vertex");
  private static final List<String> COMPANY_TRADES =
      words("Foods Energy Motors Airlines Bank Media Systems Retail Pharma Logistics Homes Mobile");
  private static final Set<String> POOLS =
      Set.of("city", "person", "surname", "company", "money", "day", "month");
  private static final Pattern NUMBERED = Pattern.compile("([a-z]+)[2-9]?");

  private final Draws draws;
  private final Set<String> used = new HashSet<>();

  Names(Draws draws) {
    this.draws = draws;
  }

  /** Whether a slot is one of these without being defined: {@code city}, {@code city2}, … */
  static boolean isPool(String slot) {
    Matcher numbered = NUMBERED.matcher(slot);
    return numbered.matches() && POOLS.contains(numbered.group(1));
  }

  /** A value for a slot of a pool that no other slot of this article has. */
  String draw(String slot) {
    Matcher numbered = NUMBERED.matcher(slot);
    String pool = numbered.matches() ? numbered.group(1) : slot;
    String value = one(pool);
    // Names that share their last word would read as one family.
    while (!used.add(Template.Form.LAST.of(value).toLowerCase(Locale.ROOT))) {
      value = one(pool);
    }
    return value;
  }

  private String one(String pool) {
    return switch (pool) {
      case "city" -> draws.pick(CITIES);
      case "surname" -> draws.pick(SURNAMES);
      case "person" -> draws.pick(FIRST_NAMES) + " " + draws.pick(SURNAMES);
      case "company" -> draws.pick(COMPANY_NAMES) + " " + draws.pick(COMPANY_TRADES);
      case "money" -> money();
      case "day" -> draws.pick(DAYS);
      case "month" -> draws.pick(MONTHS);
      default -> throw new IllegalArgumentException("no names for the slot '" + pool + "'");
    };
  }

  private String money() {
    int whole = draws.between(2, 95);
    return switch (draws.between(0, 2)) {
      case 0 -> "$" + whole + "m";
      case 1 -> "$" + whole % 9 + "." + draws.between(1, 9) + "m";
      default -> "$" + draws.between(1, 9) + "." + draws.between(1, 9) + "bn";
    };
  }

  private static List<String> words(String text) {
    return List.of(text.split(" "));
  }
}
