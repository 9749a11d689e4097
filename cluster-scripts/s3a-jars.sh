#!/usr/bin/env bash
# Prints the jars that a Spark without Hadoop's s3a:// file system lacks, for spark-submit's --jars. See --help.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
source "$here/lib/common.sh"

case "${1:-}" in
  '') ;;
  -h | --help)
    cat <<'HELP'
usage: submit --jars "$(cluster-scripts/s3a-jars.sh)" -- generate …
Resolves the jars for s3a:// paths with Maven (11.5 MB, once) and prints them, separated by commas. For a SPARK_HOME
of your own that has none: EMR, Databricks and other managed Sparks bring an S3 file system of theirs, and the Spark
that submit resolves itself has these already. With --jars, leave the committer settings of conf/s3a.conf out.
environment:
  DREX_SPARK_VERSION   the Spark version; default: spark.version of the root pom.xml
  MAVEN_ARGS           extra arguments for mvn, split at blanks (such as "-o" or "-s settings.xml")
HELP
    exit 0
    ;;
  *) die "unknown argument '$1'; see --help" ;;
esac

if [[ -n "${SPARK_HOME:-}" ]] && compgen -G "$SPARK_HOME/jars/hadoop-aws-*.jar" >/dev/null; then
  die "SPARK_HOME=$SPARK_HOME has a hadoop-aws jar already; leave --jars out."
fi
need mvn "Install Maven 3.8 or later."
runtime_jars "$DREX_S3A_POM" "$(spark_version)" | paste -s -d ,
