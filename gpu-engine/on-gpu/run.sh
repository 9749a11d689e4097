#!/usr/bin/env bash
# Runs the packed tests on this machine's GPU:  on-gpu/run.sh OUT [TestClass…]
# Writes OUT/suite.json and OUT/suite.md; where compute-sanitizer is there, also OUT/sanitizer-TOOL.log of a
# short test under memcheck, racecheck and synccheck. Ends with 0 if all passed, 5 if there is no GPU.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
out="${1:?the folder to write to}"
shift
mkdir -p "$out"

java() {
  "${launcher[@]}" "$here/jre/bin/java" --add-modules jdk.incubator.vector -Ddrex.test.cuda=libcuda.so.1 \
    -Ddrex.root="$here" -cp "$here/classes:$here/test-classes:$here/jars/*" io.drex.device.cuda.GpuSuite "$@"
}

launcher=() rc=0
java "$out" "$@" || rc=$?
if [[ "$rc" != 5 ]] && command -v compute-sanitizer >/dev/null 2>&1; then
  for tool in memcheck racecheck synccheck; do
    launcher=(compute-sanitizer --tool "$tool" --target-processes all --error-exitcode 9)
    java "$out/sanitizer-$tool" HeadKernelsTest KvKernelsTest StateKernelsTest SampleKernelTest \
      >"$out/sanitizer-$tool.log" 2>&1 || rc=$?
  done
fi
exit "$rc"
