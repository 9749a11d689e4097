// Errors to be returned on purpose, and those that last.
#pragma once

namespace emu {
constexpr int kSuccess = 0;
constexpr int kInvalidValue = 1;
constexpr int kOutOfMemory = 2;
constexpr int kInvalidImage = 200;
constexpr int kInvalidContext = 201;
constexpr int kNoBinaryForGpu = 209;
constexpr int kInvalidHandle = 400;
constexpr int kNotFound = 500;
constexpr int kNotReady = 600;
constexpr int kNotInCapture = 900;
constexpr int kBrokenCapture = 901;

// The nth call from now of a function fails with the code; errors 700 and 716 to 719 last.
void fail(const char* function, int nth, int code);
void reset_faults();
// What a call of the function must return at once; success if it may go on. Counts the call.
int fault(const char* function);
long calls(const char* function);  // so far
const char* error_name(int code);
const char* error_text(int code);
}  // namespace emu
