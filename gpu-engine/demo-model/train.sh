#!/usr/bin/env bash
# Trains the bundled model: builds the trainer and runs it. All options go to the trainer; its defaults are the
# recipe of the shipped model. Needs a JDK 17, Maven, about 1 GB for PyTorch's libraries, and 6 GB of memory.
#   train.sh --out DIR [OPTION…]      train.sh --help lists the options
# environment: TRAIN_SKIP_BUILD=1 runs what was built before; MAVEN_ARGS goes to Maven.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target=$root/gpu-engine/demo-model/trainer/target

if [[ -z "${TRAIN_SKIP_BUILD:-}" ]]; then
  # shellcheck disable=SC2086
  (cd "$root" && mvn -B -q ${MAVEN_ARGS:-} -Ptrain-demo-model -pl gpu-engine/demo-model/trainer -am -DskipTests package)
fi
jar=$(ls "$target"/demo-model-trainer-*.jar)

# Tensors of a step are allocated and freed by the hundred; glibc must keep their memory, or each one costs page faults.
export MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=17179869184 MALLOC_TOP_PAD_=67108864
# No download and no usage report.
export DJL_OFFLINE=true OPT_OUT_TRACKING=true
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx2g -XX:+UseSerialGC -cp "$jar:$(<"$target/classpath.txt")" \
  io.drex.demo.train.TrainDemoModel "$@"
