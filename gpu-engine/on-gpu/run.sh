#!/usr/bin/env bash
# Runs all that is to be known of this machine's GPU, from the pack:
#   on-gpu/run.sh OUT [--total SECONDS] [--limit STAGE=SECONDS]… [--size full|tiny] [STAGE…]
# Stages, in the order in which all are run: facts suite torch kernels steps exits sanitizer peers.
# Writes OUT/report.json and OUT/report.md after each stage, and OUT/log.txt; a report that is in OUT
# already is kept, but for the stages that run again. All stages together take 540 s at most, unless
# --total says otherwise: what had no time is run by its name in another command.
# Ends with 0 if all went well, 1 if a test or a stage did not, 2 on wrong usage, 5 if there is no GPU.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
exec "$here/jre/bin/java" -Xmx512m -Ddrex.root="$here" -Ddrex.bench.peers="$here/peers.py" \
  -cp "$here/classes:$here/test-classes:$here/jars/*" io.drex.device.cuda.bench.GpuBench "$@"
