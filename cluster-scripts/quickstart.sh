#!/usr/bin/env bash
# From a fresh clone to summaries: builds, makes a corpus, runs it with and without early exits, compares.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
source "$here/lib/common.sh"

usage() {
  cat <<'HELP'
usage: quickstart.sh [--rows N] [--out DIR] [--model DIR] [--ramps FILE]
Builds the project, makes N articles (default 300) that the bundled model has never met, summarizes them on
local[*] under the policies rebatch and full_depth, and prints summaries, exact match and ROUGE-L (hard slots
apart), exit depths, speed and where the results lie.
  --out DIR     a new folder for corpus and results; default target/quickstart, which is replaced
  --model DIR   another model that was trained on the corpus; default bundled:; its prompt-template.txt is used
                if it has one, else conf/templates/summarize.txt
  --ramps FILE  a ramp file used instead of the model's own
environment:
  SPARK_HOME, JAVA_HOME   as for submit
  DREX_JAR                the job's jar; if set, nothing is built
HELP
}

rows=300 out= model=bundled: ramps=()
while [[ $# -gt 0 ]]; do
  case "$1" in
    -h | --help) usage && exit 0 ;;
    --rows | --out | --model | --ramps)
      [[ $# -ge 2 ]] || die "option '$1' needs a value; see --help."
      case "$1" in
        --rows) rows=$2 ;;
        --out) out=$2 ;;
        --model) model=$2 ;;
        --ramps) ramps=(--ramps "$2") ;;
      esac
      shift 2
      ;;
    *) die "unknown option '$1'; see --help." ;;
  esac
done
[[ "$rows" =~ ^[1-9][0-9]*$ ]] || die "--rows must be a positive number, but is '$rows'."

step() {
  printf '%(%H:%M:%S)T  %s\n' -1 "$*" >&2
}

if [[ -z "${DREX_JAR:-}" ]]; then
  need mvn "Install Maven 3.8 or later."
  step "Building (mvn -DskipTests package)"
  # shellcheck disable=SC2086 # MAVEN_ARGS is a list of words by contract
  (cd "$DREX_ROOT" && mvn -B -q ${MAVEN_ARGS:-} -DskipTests package) >&2
fi

if [[ -z "$out" ]]; then
  out="$DREX_ROOT/target/quickstart"
  rm -rf "$out"
elif [[ -e "$out" ]]; then
  die "--out $out exists already; remove it or name another folder."
fi

SPARK_HOME=$("$here/spark-home.sh")
export SPARK_HOME

# A model that brings its template is given none.
template=()
if [[ "$model" != bundled:* && ! -f "$model/prompt-template.txt" ]]; then
  template=(--template "$DREX_ROOT/conf/templates/summarize.txt")
fi

step "Making $rows articles"
"$here/submit" --class io.drex.job.corpus.GenerateCorpus -- --rows "$rows" --out "$out/articles.jsonl"

for policy in full_depth rebatch; do
  step "Summarizing them: policy $policy"
  "$here/submit" generate --model "$model" ${ramps[@]+"${ramps[@]}"} --policy "$policy" \
    --input "$out/articles.jsonl" --id-col id --keep topic --keep hard_slot --keep article --keep summary \
    ${template[@]+"${template[@]}"} --max-new-tokens 64 --token-stats \
    --output "$out/$policy"
done

step "Comparing the runs"
"$here/submit" --class io.drex.job.quickstart.QuickstartReport -- \
  --rebatch "$out/rebatch" --full-depth "$out/full_depth"
