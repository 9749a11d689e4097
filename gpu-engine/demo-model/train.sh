#!/usr/bin/env bash
# Trains the bundled model: builds the trainer and runs it. Its defaults are the recipe in docs/demo-model.md.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
module=gpu-engine/demo-model/trainer

usage() {
  cat <<'HELP'
usage: train.sh --out DIR [OPTION…]               trains on the CPU and writes a model folder
       train.sh export-tokens --out DIR [OPTION…] writes the tokenised corpus that train.py reads on a GPU machine
       train.sh [export-tokens] --help            also lists the options, once it is built
Needs a JDK 17, Maven, 1 GB of disk for PyTorch's libraries and 4 GB of memory.
environment:
  JAVA_HOME             the JDK
  MAVEN_ARGS            options for Maven, such as -o
  TRAIN_SKIP_BUILD=1    run what was built before
HELP
}

[[ $# -gt 0 ]] || { usage >&2 && exit 2; }
main=io.drex.demo.train.TrainDemoModel
if [[ "$1" == export-tokens ]]; then
  main=io.drex.demo.recipe.ExportTokens
  shift
fi

if [[ "${1:-}" == -h || "${1:-}" == --help ]]; then
  usage
  [[ -f "$root/$module/target/classpath.txt" ]] || exit 0
elif [[ -z "${TRAIN_SKIP_BUILD:-}" ]]; then
  # shellcheck disable=SC2086 # several options in one variable
  (cd "$root" && mvn -B -q ${MAVEN_ARGS:-} -Ptrain-demo-model -pl "$module" -am -DskipTests package)
fi
[[ -f "$root/$module/target/classpath.txt" ]] || {
  printf 'train.sh: nothing built in %s; unset TRAIN_SKIP_BUILD\n' "$root/$module/target" >&2
  exit 1
}
jars=("$root/$module"/target/demo-model-trainer-*.jar)

# A step allocates and frees hundreds of large tensors; glibc must keep their memory, or each costs page faults.
export MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=17179869184 MALLOC_TOP_PAD_=67108864
# DJL reports its use to a server unless told otherwise.
export OPT_OUT_TRACKING=true
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx2g -XX:+UseSerialGC \
  -cp "${jars[0]}:$(<"$root/$module/target/classpath.txt")" "$main" "$@"
