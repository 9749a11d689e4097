// Exported: streams, events, launches, graphs.
#include "api.h"
#include "block.h"
#include "module.h"
#include "stream.h"

using emu::Event;
using emu::Graph;
using emu::Stream;

namespace {
long launches = 0;  // that ran
constexpr int kPoisonedLaunches = 3;  // of a kernel: it takes longer than most of them

bool is_legal(dim3 grid, dim3 block) {
  unsigned threads = block.x * block.y * block.z;
  return grid.x > 0 && grid.y > 0 && grid.z > 0 && grid.x <= 2147483647u && grid.y <= 65535 &&
         grid.z <= 65535 && threads > 0 && threads <= 1024;
}
}  // namespace

DREX_EXPORT long drexEmuLaunches() {
  std::lock_guard<std::recursive_mutex> guard(emu::lock());
  return launches;
}

DREX_EXPORT int cuStreamCreate(Stream** stream, unsigned flags) {
  EMU_ENTER("cuStreamCreate");
  *stream = emu::create_stream((flags & 1) == 0);
  return emu::kSuccess;
}
DREX_EXPORT int cuStreamCreateWithPriority(Stream** stream, unsigned flags, int) {
  return cuStreamCreate(stream, flags);
}
DREX_EXPORT int cuStreamDestroy_v2(Stream* stream) {
  std::lock_guard<std::recursive_mutex> guard(emu::lock());
  emu::destroy_stream(stream);
  return emu::kSuccess;
}
DREX_EXPORT int cuStreamSynchronize(Stream* stream) {
  EMU_ENTER("cuStreamSynchronize");
  EMU_NOT_IN_CAPTURE();
  emu::run_all(stream);
  return emu::kSuccess;
}
DREX_EXPORT int cuStreamQuery(Stream* stream) {
  EMU_ENTER("cuStreamQuery");
  EMU_NOT_IN_CAPTURE();
  emu::run_one(stream);
  return emu::is_idle(stream) ? emu::kSuccess : emu::kNotReady;
}
DREX_EXPORT int cuStreamWaitEvent(Stream* stream, Event* event, unsigned) {
  EMU_ENTER("cuStreamWaitEvent");
  emu::wait_for(event, stream);
  return emu::kSuccess;
}

DREX_EXPORT int cuEventCreate(Event** event, unsigned) {
  EMU_ENTER("cuEventCreate");
  *event = new Event;
  return emu::kSuccess;
}
DREX_EXPORT int cuEventDestroy_v2(Event* event) {
  std::lock_guard<std::recursive_mutex> guard(emu::lock());
  emu::finish(*event);
  delete event;
  return emu::kSuccess;
}
DREX_EXPORT int cuEventRecord(Event* event, Stream* stream) {
  EMU_ENTER("cuEventRecord");
  emu::record(event, stream);
  return emu::kSuccess;
}
DREX_EXPORT int cuEventQuery(Event* event) {
  EMU_ENTER("cuEventQuery");
  if (event->stream && !emu::is_done(*event)) {
    emu::run_next(*event);
  }
  return emu::is_done(*event) ? emu::kSuccess : emu::kNotReady;
}
DREX_EXPORT int cuEventSynchronize(Event* event) {
  EMU_ENTER("cuEventSynchronize");
  emu::finish(*event);
  return emu::kSuccess;
}
DREX_EXPORT int cuEventElapsedTime(float* milliseconds, Event* from, Event* to) {
  EMU_ENTER("cuEventElapsedTime");
  if (!emu::is_done(*from) || !emu::is_done(*to)) {
    return emu::kNotReady;
  }
  *milliseconds = (float)(to->milliseconds - from->milliseconds);
  return emu::kSuccess;
}

DREX_EXPORT int cuLaunchKernel(emu::Function* function, unsigned gx, unsigned gy, unsigned gz,
                               unsigned bx, unsigned by, unsigned bz, unsigned, Stream* stream,
                               void** parameters, void**) {
  EMU_ENTER("cuLaunchKernel");
  dim3 grid{gx, gy, gz}, block{bx, by, bz};
  if (!function || !parameters || !is_legal(grid, block)) {
    return emu::kInvalidValue;
  }
  emu::Body body = function->binder(parameters);
  emu::submit(stream, [grid, block, body, function] {
    if (function->launches++ < kPoisonedLaunches) {
      emu::poison_shared();
    }
    emu::run_grid(grid, block, body);
    launches++;
  });
  return emu::kSuccess;
}

DREX_EXPORT int cuStreamBeginCapture_v2(Stream* stream, int) {
  EMU_ENTER("cuStreamBeginCapture");
  if (!stream || stream->capture) {
    return emu::kInvalidValue;
  }
  stream->capture = new Graph;
  return emu::kSuccess;
}
DREX_EXPORT int cuStreamEndCapture(Stream* stream, Graph** graph) {
  EMU_ENTER("cuStreamEndCapture");
  if (!stream || !stream->capture) {
    return emu::kInvalidValue;
  }
  Graph* captured = stream->capture;
  stream->capture = nullptr;
  if (captured->is_broken) {
    delete captured;
    *graph = nullptr;
    return emu::kBrokenCapture;
  }
  *graph = captured;
  return emu::kSuccess;
}
DREX_EXPORT int cuStreamIsCapturing(Stream* stream, int* status) {
  EMU_ENTER("cuStreamIsCapturing");
  *status = stream && stream->capture ? 1 : 0;
  return emu::kSuccess;
}
// An executable graph is a copy: the graph itself may be destroyed.
DREX_EXPORT int cuGraphInstantiateWithFlags(Graph** executable, Graph* graph,
                                            unsigned long long) {
  EMU_ENTER("cuGraphInstantiate");
  *executable = new Graph(*graph);
  return emu::kSuccess;
}
DREX_EXPORT int cuGraphUpload(Graph*, Stream*) { return emu::kSuccess; }
DREX_EXPORT int cuGraphLaunch(Graph* executable, Stream* stream) {
  EMU_ENTER("cuGraphLaunch");
  for (const emu::Operation& operation : executable->operations) {
    emu::submit(stream, operation);
  }
  return emu::kSuccess;
}
DREX_EXPORT int cuGraphDestroy(Graph* graph) {
  EMU_ENTER_BARE("cuGraphDestroy");
  delete graph;
  return emu::kSuccess;
}
DREX_EXPORT int cuGraphExecDestroy(Graph* executable) {
  EMU_ENTER_BARE("cuGraphExecDestroy");
  delete executable;
  return emu::kSuccess;
}
