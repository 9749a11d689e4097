package io.drex.demo.corpus;

/**
 * What every story has.
 *
 * @param person first and last name, separated by one blank
 */
record Scene(String city, String day, String person) {
  String lastName() {
    return person.substring(person.indexOf(' ') + 1);
  }
}
