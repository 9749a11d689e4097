package io.drex.job.config;

import java.util.Locale;
import java.util.regex.Pattern;

/** Masks what must not be shown: credentials in URIs, and values whose key says so. */
public final class Secrets {
  private static final String MASK = "***";

  /** A user and a password in a URI; passwords may hold slashes, and ports are none. */
  private static final String LOGIN = "://[^/\\s@:]*:(?!\\d+/)[^\\s@]*@";

  /** What Spark is not to show: keys whose name says that they are secret, and values of logins. */
  public static final String REDACTION =
      "(?i)secret|password|passwd|token(?!s)|credential|access[.]?key|api[._-]?key|" + LOGIN;

  private static final Pattern HOLDS_LOGIN = Pattern.compile(LOGIN);
  private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/\\s@]+(?=@)");
  private static final Pattern QUERY_VALUE =
      Pattern.compile(
          "(?<=[?&])([^=&\\s]*(?:sig|secret|password|token|key|credential)[^=&\\s]*)=[^&\\s]+",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern ASSIGNMENT =
      Pattern.compile(
          "([\\w.-]*(?:secret|password|passwd|session\\.token|access\\.key|api[_-]?key)[\\w.-]*)"
              + "(\\s*[=:]\\s*)[^\\s,;]+",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern SECRET_KEY =
      Pattern.compile("secret|password|passwd|token|credential|key");

  private Secrets() {}

  /** A text (a value, a message) without credentials in the URIs and assignments inside it. */
  public static String mask(String text) {
    String masked = HOLDS_LOGIN.matcher(text).replaceAll("://" + MASK + "@");
    masked = USER_INFO.matcher(masked).replaceAll(MASK);
    masked = QUERY_VALUE.matcher(masked).replaceAll("$1=" + MASK);
    return ASSIGNMENT.matcher(masked).replaceAll("$1$2" + MASK);
  }

  /** Whether a text has a user and a password in a URI. */
  static boolean holdsLogin(String text) {
    return HOLDS_LOGIN.matcher(text).find();
  }

  /** The value of a key that is not one of ours, hidden if the key's name says it is secret. */
  public static String mask(String foreignKey, String value) {
    boolean secret = SECRET_KEY.matcher(foreignKey.toLowerCase(Locale.ROOT)).find();
    return secret ? MASK : mask(value);
  }
}
