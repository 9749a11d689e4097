#!/usr/bin/env bash
# Packs what a GPU machine without Java, Maven or a network needs to test and measure the engine on its GPU:
#   mvn -B -q -Dcubins -pl gpu-engine -am test-compile && gpu-engine/on-gpu/pack.sh gpu-engine/target/on-gpu.tar.xz
# There:  tar xf on-gpu.tar.xz && on-gpu/run.sh OUT
# Machine code is packed for sm_90a and sm_80, or for the architectures that are named:
#   gpu-engine/on-gpu/pack.sh FILE [80|86|90a|120]…
# A pack of more than 35 MiB is refused, so that it travels everywhere.
set -euo pipefail
limit_mib=35
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
module="$(dirname "$here")"
to="$(realpath -m "${1:?the file to write, such as gpu-engine/target/on-gpu.tar.xz}")"
shift
architectures=("$@")
((${#architectures[@]})) || architectures=(90a 80)
[[ -d "$module/target/test-classes" ]] || {
  echo "pack.sh: $module/target/test-classes is missing; run mvn -B -q -pl gpu-engine -am test-compile" >&2
  exit 1
}
cubins=target/classes/io/drex/device/cuda/cubin
if [[ -d "$module/$cubins" ]]; then
  (cd "$module/src/main/cuda" && sha256sum --check --quiet "$module/$cubins/KERNELS.sha256") || {
    echo "pack.sh: $module/$cubins is not of these sources; run mvn with -Dcubins, or delete it" >&2
    exit 1
  }
else
  echo "pack.sh: no machine code is packed; the driver compiles the PTX, unless mvn has -Dcubins" >&2
fi
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
# No stage tokenizes, reads Arrow, takes oneDNN or OpenCL, or makes classes.
unused='tokenizers|api-0|gson|commons-|dnnl|javacpp|opencl|archunit|byte-buddy|arrow-|netty-|flatbuffers|jackson-datatype'
tr : '\n' <"$work/classpath" | grep '\.jar$' | grep -vE "/($unused)[^/]*\.jar$" |
  while IFS= read -r jar; do cp "$jar" "$pack/jars/"; done
cp -r "$module/target/classes" "$module/target/test-classes" "$pack/"
# Every model that is measured is made on the GPU.
rm -rf "$pack/classes/io/drex/model/bundled" "$pack/test-classes/io/drex/"{arrow,golden,tokenizer}
if [[ -d "$module/$cubins" ]]; then
  rm "$pack/${cubins#target/}"/*
  for architecture in "${architectures[@]}"; do
    cp "$module/$cubins/kernels_sm_$architecture.cubin" "$pack/${cubins#target/}/"
  done
fi
cp "$here/run.sh" "$here/peers.py" "$pack/"
mkdir -p "$(dirname "$to")"
tar -C "$work" -cJf "$to" on-gpu
bytes="$(stat -c %s "$to")"
echo "$to: $((bytes / 1048576)) MiB of $limit_mib at most"
((bytes <= limit_mib * 1048576)) || {
  echo "pack.sh: the pack is too large; leave out more, or name fewer architectures" >&2
  exit 1
}
