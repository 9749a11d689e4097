// Streams, events and graphs: operations wait in queues until something must see their effect, so
// that a missing synchronisation shows.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

namespace emu {
using Operation = std::function<void()>;

struct Graph {
  std::vector<Operation> operations;
  bool is_broken = false;  // something in its capture was not permitted
};

struct Stream {
  bool is_blocking = true;  // towards the default stream
  std::deque<Operation> waiting;
  uint64_t submitted = 0;
  uint64_t finished = 0;
  Graph* capture = nullptr;
};

struct Event {
  Stream* stream = nullptr;  // of the last record
  uint64_t number = 0;       // of the record in its stream
  double milliseconds = 0;   // when the record ran
};

Stream* create_stream(bool is_blocking);
void destroy_stream(Stream* stream);

// Queues an operation, or puts it into the graph that the stream captures. Null is the default
// stream.
void submit(Stream* stream, Operation operation);
void run_all(Stream* stream);
void run_one(Stream* stream);
// Everything, of all streams.
void run_everything();
// What a synchronous call on the default stream waits for.
void run_blocking_streams();

bool is_idle(const Stream* stream);
bool is_done(const Event& event);
void record(Event* event, Stream* stream);
void wait_for(Event* event, Stream* stream);
void finish(const Event& event);
// One operation of the stream that recorded the event.
void run_next(const Event& event);
}  // namespace emu
