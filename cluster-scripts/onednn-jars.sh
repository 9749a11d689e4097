#!/usr/bin/env bash
# Prints the jars that the device cpu:onednn needs beside the job's, for spark-submit's --jars. See --help.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
source "$here/lib/common.sh"

case "${1:-}" in
  '') ;;
  -h | --help)
    cat <<'HELP'
usage: submit --jars "$(cluster-scripts/onednn-jars.sh)" -- generate --device cpu:onednn …
Resolves oneDNN for Linux on x86-64 with Maven (28 MB, once) and prints its jars, separated by commas. On a machine
with avx512_bf16 it multiplied batches by bf16 weights 2 to 4 times as fast as cpu:vector, but single rows more slowly
(docs/adr/0018-onednn-by-name.md). The weights lie outside the heap: give executors that much
spark.executor.memoryOverhead instead of memory. Driver and executors must have the same kind of machine: rows that
oneDNN computes do not have the bytes of cpu, cpu:vector or another set of instructions.
environment:
  MAVEN_ARGS           extra arguments for mvn, split at blanks (such as "-o" or "-s settings.xml")
HELP
    exit 0
    ;;
  *) die "unknown argument '$1'; see --help" ;;
esac

need mvn "Install Maven 3.8 or later."
runtime_jars "$DREX_ROOT/cluster-scripts/onednn/pom.xml" "$(spark_version)" | paste -s -d ,
