#!/usr/bin/env bash
# Prints a SPARK_HOME. $SPARK_HOME wins; else Spark's jars and those for s3a:// paths are resolved with Maven
# (about 320 MB, once) and linked into a small directory of the user's cache. Safe to run several times at once.
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
${XDG_CACHE_HOME:-~/.cache}/drex. The assembled one reads s3a:// paths, with conf/s3a.conf as its defaults.
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
version=$(spark_version)
cache=${DREX_CACHE:-${XDG_CACHE_HOME:-${HOME:?set HOME, XDG_CACHE_HOME or DREX_CACHE}/.cache}/drex}
defaults="$DREX_ROOT/conf/s3a.conf"
# A checksum is part of the name, so that a changed list of jars or other settings give a new directory.
home="$cache/spark-$version-$(cat "$pom" "$DREX_S3A_POM" "$DREX_ROOT/pom.xml" "$defaults" | cksum | cut -d ' ' -f 1)"

# Complete means: the marker is there, and no link dangles (the local Maven repository may be cleaned).
complete() {
  [[ -f "$home/.complete" ]] && [[ -z "$(find "$home/jars" -xtype l -print -quit)" ]]
}

assemble() {
  local tmp=$1 jar
  need mvn "Install Maven 3.8 or later, or set SPARK_HOME to an installed Spark."
  echo "Resolving Spark $version with Maven (about 320 MB the first time)…" >&2
  runtime_jars "$pom" "$version" >"$tmp/list"
  runtime_jars "$DREX_S3A_POM" "$version" >>"$tmp/list"
  mkdir "$tmp/jars" "$tmp/conf"
  while IFS= read -r jar; do
    ln -s "$jar" "$tmp/jars/"
  done <"$tmp/list"
  [[ -e "$tmp/jars/spark-core_2.13-$version.jar" ]] ||
    die "Maven's class path of $pom holds no spark-core_2.13-$version.jar."
  cp "$defaults" "$tmp/conf/spark-defaults.conf"
  rm "$tmp/list"
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
