#!/usr/bin/env bash
# Prints a SPARK_HOME. $SPARK_HOME wins; else Spark's jars are resolved with Maven (about 310 MB, once)
# and linked into a small directory of the user's cache. Safe to run several times at once.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
source "$here/lib/common.sh"

case "${1:-}" in
  '') ;;
  -h | --help)
    cat <<'HELP'
usage: spark-home.sh
Prints a directory that serves as SPARK_HOME: $SPARK_HOME when it is set, else one assembled with Maven in
${XDG_CACHE_HOME:-~/.cache}/drex.
environment:
  SPARK_HOME           an installed Spark 4.x for Scala 2.13; used as it is
  DREX_SPARK_VERSION   the Spark version to resolve; default: spark.version of the root pom.xml
  DREX_CACHE           where to assemble; default: ${XDG_CACHE_HOME:-~/.cache}/drex
  MAVEN_ARGS           extra arguments for mvn, split at blanks (such as "-o" or "-s settings.xml")
HELP
    exit 0
    ;;
  *) die "unknown argument '$1'; see --help" ;;
esac

if [[ -n "${SPARK_HOME:-}" ]]; then
  compgen -G "$SPARK_HOME/jars/spark-core_2.13-4.*.jar" >/dev/null ||
    die "SPARK_HOME=$SPARK_HOME is no Spark 4.x for Scala 2.13 (no jars/spark-core_2.13-4.*.jar). Point it at one, or unset it to let Maven resolve Spark."
  printf '%s\n' "$SPARK_HOME"
  exit 0
fi

pom="$here/spark-dist/pom.xml"
version=${DREX_SPARK_VERSION:-$(sed -n 's:.*<spark\.version>\(.*\)</spark\.version>.*:\1:p' "$DREX_ROOT/pom.xml" | head -n 1)}
[[ -n "$version" ]] || die "found no <spark.version> in $DREX_ROOT/pom.xml; set DREX_SPARK_VERSION."
cache=${DREX_CACHE:-${XDG_CACHE_HOME:-${HOME:?set HOME, XDG_CACHE_HOME or DREX_CACHE}/.cache}/drex}
# The pom's checksum is part of the name, so that a changed list of jars gives a new directory.
home="$cache/spark-$version-$(cksum <"$pom" | cut -d ' ' -f 1)"

# Complete means: the marker is there, and no link dangles (the local Maven repository may be cleaned).
complete() {
  [[ -f "$home/.complete" ]] && [[ -z "$(find "$home/jars" -xtype l -print -quit)" ]]
}

assemble() {
  local tmp=$1 classpath jar
  need mvn "Install Maven 3.8 or later, or set SPARK_HOME to an installed Spark."
  echo "Resolving Spark $version with Maven (about 310 MB the first time)…" >&2
  classpath="$tmp/classpath"
  # shellcheck disable=SC2086 # MAVEN_ARGS is a list of words by contract
  mvn -B -q -Dstyle.color=never ${MAVEN_ARGS:-} -f "$pom" -Dspark.version="$version" \
    dependency:build-classpath -DincludeScope=runtime -Dmdep.outputFile="$classpath" >&2 ||
    die "Maven could not resolve Spark $version; its message is above."
  mkdir "$tmp/jars"
  # Without the final newline `read` would drop the last jar.
  { tr ':' '\n' <"$classpath" && echo; } | while IFS= read -r jar; do
    [[ -z "$jar" ]] || ln -s "$jar" "$tmp/jars/"
  done
  [[ -e "$tmp/jars/spark-core_2.13-$version.jar" ]] ||
    die "Maven's class path of $pom holds no spark-core_2.13-$version.jar."
  rm "$classpath"
  touch "$tmp/.complete"
}

if ! complete; then
  mkdir -p "$cache"
  # Maven's local repository is not safe for two writers either, so one of us resolves and the rest wait.
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$cache/.lock"
    flock 9
  fi
fi
if ! complete; then
  tmp=$(mktemp -d "$cache/.spark.XXXXXX")
  trap 'rm -rf "$tmp"' EXIT
  assemble "$tmp"
  # An incomplete directory goes away by a rename; then ours comes by a rename, or loses to an equal one.
  if [[ -e "$home" ]] && ! complete; then
    mv -T "$home" "$tmp/stale"
  fi
  rm -rf "$tmp/stale"
  mv -T "$tmp" "$home" 2>/dev/null || complete || die "could not move $tmp to $home."
fi
printf '%s\n' "$home"
