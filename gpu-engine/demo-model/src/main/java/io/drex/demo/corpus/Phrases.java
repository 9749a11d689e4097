package io.drex.demo.corpus;

/** The invented names, numbers in words and stock sentences that all topics share. */
final class Phrases {
  private static final String[] CITY_BEGINNINGS = {
    "Harl", "Bex", "Wint", "Ash", "Dun", "Kirk", "Mar", "Nor", "Oak", "Pen", "Red", "Stan", "Thorn",
    "Wake", "Lang", "Brad", "Hart", "Cross", "Elm", "Fair", "Glen", "Hazel", "Inver", "Lynd",
    "Mill", "Rox", "Sel", "Tarn", "Whit", "Yar"
  };
  private static final String[] CITY_ENDINGS = {
    "ford", "ton", "bury", "ham", "wick", "mouth", "by", "field", "stead", "port", "leigh", "worth",
    "pool", "dale", "bridge"
  };
  private static final String[] FIRST_NAMES = {
    "Anna", "James", "Maria", "David", "Priya", "Omar", "Helen", "Peter", "Sofia", "Lucas", "Grace",
        "Ivan", "Nadia",
    "Tom", "Ruth", "Carlos", "Emma", "Yusuf", "Laura", "Daniel", "Mei", "Owen", "Clara", "Samuel",
        "Ingrid", "Ravi",
    "Julia", "Marcus", "Alice", "Hassan"
  };
  private static final String[] LAST_NAME_BEGINNINGS = {
    "Bar", "Cal", "Dor", "El", "Fen", "Gal", "Hol", "Jar", "Kel", "Lom", "Mor", "Nev", "Ost", "Par",
    "Quin", "Ros", "Sand", "Tal", "Ver", "Wal", "Brook", "Clay", "Dray", "Penn", "Stro"
  };
  private static final String[] LAST_NAME_ENDINGS = {
    "ett", "lin", "man", "nard", "son", "ley", "den", "mere", "wood", "shaw", "ton", "well", "ick",
    "ster"
  };
  private static final String[] DAYS = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
  };
  private static final String[] MONTHS = {
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
    "December"
  };
  private static final String[] COMPANY_NAMES = {
    "Alder",
    "Beacon",
    "Cobalt",
    "Delta",
    "Everest",
    "Falcon",
    "Granite",
    "Horizon",
    "Juniper",
    "Keystone",
    "Lumen",
    "Meridian",
    "Nimbus",
    "Orchard",
    "Pioneer",
    "Quartz",
    "Summit",
    "Vertex"
  };
  private static final String[] COMPANY_TRADES = {
    "Foods",
    "Energy",
    "Motors",
    "Airlines",
    "Bank",
    "Media",
    "Systems",
    "Retail",
    "Pharma",
    "Logistics",
    "Homes",
    "Mobile"
  };
  private static final String[] QUOTES = {
    "We are grateful to everyone who helped",
    "This has been a very difficult time for the community",
    "We will continue to work with our partners",
    "There is still a lot of work to do",
    "We are very pleased with the result",
    "It is too early to draw conclusions",
    "People have a right to expect better",
    "I am proud of what the team has done",
    "We understand the concerns of residents",
    "The next few weeks will be important"
  };
  private static final String[] SMALL_NUMBERS = {
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"
  };

  private final Draws draws;

  Phrases(Draws draws) {
    this.draws = draws;
  }

  String city() {
    return draws.pick(CITY_BEGINNINGS) + draws.pick(CITY_ENDINGS);
  }

  String lastName() {
    return draws.pick(LAST_NAME_BEGINNINGS) + draws.pick(LAST_NAME_ENDINGS);
  }

  String person() {
    return draws.pick(FIRST_NAMES) + " " + lastName();
  }

  String day() {
    return draws.pick(DAYS);
  }

  String month() {
    return draws.pick(MONTHS);
  }

  String company() {
    return draws.pick(COMPANY_NAMES) + " " + draws.pick(COMPANY_TRADES);
  }

  String money() {
    return switch (draws.between(0, 2)) {
      case 0 -> "$" + draws.between(2, 95) + " million";
      case 1 -> "$" + draws.between(1, 9) + "." + draws.between(1, 9) + " million";
      default -> "$" + draws.between(1, 9) + "." + draws.between(1, 9) + " billion";
    };
  }

  /** A sentence of direct speech. */
  String quote(String speaker) {
    String words = draws.pick(QUOTES);
    return "\""
        + words
        + ",\" "
        + speaker
        + " "
        + draws.pick("said", "added", "told reporters")
        + ".";
  }

  /** A sentence that no summary needs. */
  String filler(String city) {
    return switch (draws.between(0, 9)) {
      case 0 ->
          "More details are expected to be released "
              + draws.pick("next week", "later this month", "in the coming days")
              + ".";
      case 1 ->
          "The area around " + city + " is home to about " + draws.between(2, 90) + ",000 people.";
      case 2 -> "A meeting for local residents will be held on " + day() + ".";
      case 3 ->
          "Similar "
              + draws.pick("plans", "events", "problems", "stories")
              + " were reported in "
              + city()
              + " last "
              + draws.pick("year", "month", "week")
              + ".";
      case 4 -> "A spokesperson for " + company() + " declined to comment.";
      case 5 ->
          "The news was first reported by the "
              + city
              + " "
              + draws.pick("Gazette", "Herald", "Courier", "Echo")
              + ".";
      case 6 ->
          "Local "
              + draws.pick("shops", "schools", "roads", "offices")
              + " remained open throughout the day.";
      case 7 ->
          "It comes after a "
              + draws.pick("quiet", "busy", "difficult", "record")
              + " "
              + draws.pick("year", "summer", "winter", "spring")
              + " for the region.";
      case 8 -> "Officials in " + city() + " have been asked to share what they know.";
      default ->
          "It is the "
              + draws.pick("first", "second", "third", "fourth", "fifth")
              + " time in "
              + draws.between(2, 30)
              + " years that this has happened.";
    };
  }

  /** Numbers below ten in words, as newspapers write them. */
  static String number(int value) {
    return value < SMALL_NUMBERS.length ? SMALL_NUMBERS[value] : Integer.toString(value);
  }

  static String capitalized(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
