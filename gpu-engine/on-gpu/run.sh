#!/usr/bin/env bash
# Runs all that is to be known of this machine's GPU, from the pack:
#   on-gpu/run.sh OUT [--from REPORT.json] [--total SECONDS] [--limit STAGE=SECONDS]…
#                     [--outputs TOKENS,…] [--size full|tiny] [STAGE…]
# Stages, in the order of the report: facts suite kernels steps exits torch peers sanitizer.
# Without a name the first five are run, which take 540 s at most together, unless --total says
# otherwise; the others are for a second command, by their names. --outputs are the lengths that peers
# complete, 128 tokens unless it says otherwise.
# Writes OUT/report.json and OUT/report.md after each stage, and OUT/log.txt. The report of an earlier
# command, which is --from's or else lies in OUT, is kept, but for the stages that run again.
# Ends with 0 if all went well, 1 if a test or a stage did not, 2 on wrong usage, 5 if there is no GPU.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# cuBLAS may lie among the packages of the Python that is first on the PATH.
if [[ -z "${VIRTUAL_ENV:-}${DREX_CUBLAS:-}" ]] && command -v python3 >/dev/null; then
  VIRTUAL_ENV="$(python3 -c 'import sys; print(sys.prefix)')" && export VIRTUAL_ENV || unset VIRTUAL_ENV
fi
exec "$here/jre/bin/java" -Xmx512m -Ddrex.root="$here" -Ddrex.bench.peers="$here/peers.py" \
  -cp "$here/classes:$here/test-classes:$here/jars/*" io.drex.device.cuda.bench.GpuBench "$@"
