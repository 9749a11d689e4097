#include "stream.h"

#include "api.h"

#include <chrono>
#include <set>

namespace emu {
namespace {
Stream default_stream;
std::set<Stream*> streams;

Stream& of(Stream* stream) { return stream ? *stream : default_stream; }

void run_to(Stream& stream, uint64_t number) {
  while (stream.finished < number && !stream.waiting.empty()) {
    run_one(&stream);
  }
}
}  // namespace

Stream* create_stream(bool is_blocking) {
  Stream* stream = new Stream;
  stream->is_blocking = is_blocking;
  streams.insert(stream);
  return stream;
}

void destroy_stream(Stream* stream) {
  run_all(stream);
  streams.erase(stream);
  delete stream;
}

void submit(Stream* which, Operation operation) {
  Stream& stream = of(which);
  if (stream.capture) {
    stream.capture->operations.push_back(std::move(operation));
    return;
  }
  if (&stream == &default_stream) {
    run_blocking_streams();
  } else if (stream.is_blocking) {
    run_all(&default_stream);
  }
  stream.waiting.push_back(std::move(operation));
  stream.submitted++;
}

bool break_captures() {
  bool is_any = false;
  for (Stream* stream : streams) {
    if (stream->capture) {
      stream->capture->is_broken = true;
      is_any = true;
    }
  }
  return is_any;
}

void run_one(Stream* which) {
  Stream& stream = of(which);
  if (!stream.waiting.empty()) {
    Operation operation = std::move(stream.waiting.front());
    stream.waiting.pop_front();
    operation();
    stream.finished++;
  }
}

void run_all(Stream* which) {
  Stream& stream = of(which);
  run_to(stream, stream.submitted);
}

void run_everything() {
  run_all(&default_stream);
  for (Stream* stream : streams) {
    run_all(stream);
  }
}

void run_blocking_streams() {
  run_all(&default_stream);
  for (Stream* stream : streams) {
    if (stream->is_blocking) {
      run_all(stream);
    }
  }
}

bool is_idle(const Stream* stream) {
  return (stream ? stream : &default_stream)->waiting.empty();
}

bool is_done(const Event& event) {
  return !event.stream || event.stream->finished >= event.number;
}

void record(Event* event, Stream* which) {
  Stream& stream = of(which);
  submit(which, [event] {
    auto now = std::chrono::steady_clock::now().time_since_epoch();
    event->milliseconds = std::chrono::duration<double, std::milli>(now).count();
  });
  event->stream = &stream;
  event->number = stream.submitted;
}

void wait_for(Event* event, Stream* which) {
  Stream* recorded = event->stream;
  uint64_t number = event->number;
  if (recorded) {
    submit(which, [recorded, number] { run_to(*recorded, number); });
  }
}

void run_next(const Event& event) { run_one(event.stream); }

void finish(const Event& event) {
  if (event.stream) {
    run_to(*event.stream, event.number);
  }
}
}  // namespace emu
