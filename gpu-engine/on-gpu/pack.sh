#!/usr/bin/env bash
# Packs what a GPU machine without Java, Maven or a network needs to test and measure the engine on its GPU:
#   mvn -B -q -Dcubins -pl gpu-engine -am test-compile && gpu-engine/on-gpu/pack.sh gpu-engine/target/on-gpu.tar.xz
# There:  tar xf on-gpu.tar.xz && on-gpu/run.sh OUT
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
module="$(dirname "$here")"
to="$(realpath -m "${1:?the file to write, such as gpu-engine/target/on-gpu.tar.xz}")"
[[ -d "$module/target/test-classes" ]] || {
  echo "pack.sh: $module/target/test-classes is missing; run mvn -B -q -pl gpu-engine -am test-compile" >&2
  exit 1
}
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
pack="$work/on-gpu"
mkdir -p "$pack/jars"

modules=java.base,java.logging,java.management,java.xml,java.instrument
jlink --add-modules "$modules,jdk.management,jdk.unsupported,jdk.incubator.vector" \
  --compress=0 --strip-debug --no-header-files --no-man-pages --output "$pack/jre"

# shellcheck disable=SC2086 # MAVEN_ARGS is a list of words by contract
mvn -B -q ${MAVEN_ARGS:-} -f "$module/../pom.xml" -pl gpu-engine -am \
  org.apache.maven.plugins:maven-dependency-plugin:build-classpath -DincludeScope=test \
  -Dmdep.outputFile="$work/classpath" -Dmdep.pathSeparator=:
# Tokenizers and oneDNN run no kernel of ours.
tr : '\n' <"$work/classpath" | grep '\.jar$' | grep -vE '/(tokenizers|dnnl|javacpp|archunit)[^/]*\.jar$' |
  while IFS= read -r jar; do cp "$jar" "$pack/jars/"; done
cp -r "$module/target/classes" "$module/target/test-classes" "$pack/"
cp "$here/run.sh" "$here/peers.py" "$pack/"
mkdir -p "$(dirname "$to")"
tar -C "$work" -cJf "$to" on-gpu
du -h "$to"
