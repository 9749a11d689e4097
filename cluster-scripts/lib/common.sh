# Sourced by the scripts of this directory; expects bash with `set -euo pipefail`.
# shellcheck shell=bash

DREX_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034 # lists what Spark lacks for s3a:// paths; used by the scripts that source this
DREX_S3A_POM="$DREX_ROOT/cluster-scripts/s3a/pom.xml"

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 2
}

need() { # need <command> <what to do>
  command -v "$1" >/dev/null 2>&1 || die "'$1' is not on the PATH. $2"
}

# Prints the java command: JAVA_HOME's, or the PATH's.
java_command() {
  if [[ -n "${JAVA_HOME:-}" ]]; then
    [[ -x "$JAVA_HOME/bin/java" ]] || die "JAVA_HOME=$JAVA_HOME holds no bin/java. Point it at a JDK 17."
    printf '%s\n' "$JAVA_HOME/bin/java"
  else
    need java "Install a JDK 17, or set JAVA_HOME."
    printf 'java\n'
  fi
}

# Turns "Class arguments…" into the JVM command line that Spark's own scripts would run, into the array
# SPARK_COMMAND. Spark's launcher decides heap sizes, class path and the --add-opens; it prints an empty
# marker line, then NUL-terminated words. We append its exit code as the last word.
spark_command() {
  local java words=() word last
  java=$(java_command)
  while IFS= read -r -d '' word; do
    words+=("${word#$'\n'}")
  done < <(
    set +e
    "$java" -Xmx128m -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main "$@"
    printf '%s\0' $?
  )
  last=$((${#words[@]} - 1))
  if [[ "${words[last]}" != 0 ]]; then
    die "Spark's launcher in $SPARK_HOME failed with code ${words[last]}; its message is above."
  fi
  SPARK_COMMAND=("${words[@]:1:last-1}")
}

# Sets what Spark needs in its environment when there is no distribution's spark-env.sh to do so.
spark_environment() {
  SPARK_HOME=$("$DREX_ROOT/cluster-scripts/spark-home.sh")
  export SPARK_HOME
  export SPARK_SCALA_VERSION=2.13
}

# Prints the Spark version to resolve.
spark_version() {
  local version
  version=${DREX_SPARK_VERSION:-$(sed -n 's:.*<spark\.version>\(.*\)</spark\.version>.*:\1:p' "$DREX_ROOT/pom.xml" | head -n 1)}
  [[ -n "$version" ]] || die "found no <spark.version> in $DREX_ROOT/pom.xml; set DREX_SPARK_VERSION."
  printf '%s\n' "$version"
}

# Resolves a pom with Maven and prints its runtime jars, one a line.
runtime_jars() { # runtime_jars <pom> <spark version>
  local list
  list=$(mktemp)
  # shellcheck disable=SC2086 # MAVEN_ARGS is a list of words by contract
  mvn -B -q -Dstyle.color=never ${MAVEN_ARGS:-} -f "$1" -Dspark.version="$2" \
    dependency:build-classpath -DincludeScope=runtime -Dmdep.outputFile="$list" >&2 ||
    die "Maven could not resolve $1 for Spark $2; its message is above."
  # grep ends the last line, which Maven does not; `read` would drop it.
  tr ':' '\n' <"$list" | grep .
  rm "$list"
}
