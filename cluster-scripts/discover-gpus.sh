#!/usr/bin/env bash
# Spark's GPU discovery script: prints {"name":"gpu","addresses":[…]} with the UUIDs of this host's GPUs.
# UUIDs, because nvidia-smi's indices are not the CUDA driver's ordinals; where a GPU is split (MIG), its
# instances stand in its place. Give it to Spark as spark.{driver,executor,worker}.resource.gpu.discoveryScript.
set -euo pipefail

die() {
  printf 'discover-gpus.sh: %s\n' "$*" >&2
  exit 1
}

command -v nvidia-smi >/dev/null 2>&1 ||
  die "nvidia-smi is not on the PATH. Install NVIDIA's driver on this host, or ask Spark for no gpu resource here."
listing=$(nvidia-smi -L 2>&1) || die "'nvidia-smi -L' failed: $listing"

# Lines are "GPU 0: NAME (UUID: GPU-…)", each followed by its "  MIG PROFILE Device 0: (UUID: MIG-…)".
addresses=()
whole_gpu=false
while IFS= read -r line; do
  [[ "$line" =~ \(UUID:\ ((GPU|MIG)-[0-9A-Za-z/-]+)\) ]] || continue
  uuid=${BASH_REMATCH[1]}
  if [[ "$uuid" == GPU-* ]]; then
    whole_gpu=true
  elif [[ "$whole_gpu" == true ]]; then
    unset 'addresses[-1]'
    whole_gpu=false
  fi
  addresses+=("\"$uuid\"")
done <<<"$listing"

[[ ${#addresses[@]} -gt 0 ]] || die "'nvidia-smi -L' lists no GPU on this host: ${listing:-(no output)}"
joined=$(IFS=,; printf '%s' "${addresses[*]}")
printf '{"name":"gpu","addresses":[%s]}\n' "$joined"
