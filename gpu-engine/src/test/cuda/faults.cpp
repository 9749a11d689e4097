#include "faults.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

namespace emu {
namespace {
struct Error {
  int code;
  const char* name;
  const char* text;
};
const Error kErrors[] = {
    {0, "CUDA_SUCCESS", "no error"},
    {1, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {200, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
    {201, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {209, "CUDA_ERROR_NO_BINARY_FOR_GPU", "no kernel image is available for execution"},
    {400, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {500, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {600, "CUDA_ERROR_NOT_READY", "device not ready"},
    {900, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted in a capture"},
    {901, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "operation failed due to an earlier one in a capture"},
    {700, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {719, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "system has unsupported display driver"},
};

std::map<std::string, long> call_counts;
bool is_configured = false;
std::string planned_function;
int calls_left = 0;
int planned_code = 0;
int lasting_code = 0;

bool lasts(int code) { return code == 700 || (code >= 716 && code <= 719); }

// DREX_EMU_FAIL=function:nth:code
void configure() {
  is_configured = true;
  const char* text = getenv("DREX_EMU_FAIL");
  char function[64];
  int nth, code;
  if (text && sscanf(text, "%63[^:]:%d:%d", function, &nth, &code) == 3) {
    fail(function, nth, code);
  }
}

const Error& find(int code) {
  static const Error unknown = {-1, "CUDA_ERROR_UNKNOWN", "unknown error"};
  for (const Error& error : kErrors) {
    if (error.code == code) {
      return error;
    }
  }
  return unknown;
}
}  // namespace

void fail(const char* function, int nth, int code) {
  is_configured = true;
  planned_function = function;
  calls_left = nth;
  planned_code = code;
}

void reset_faults() {
  is_configured = true;
  planned_function.clear();
  lasting_code = 0;
}

long calls(const char* function) { return call_counts[function]; }

int fault(const char* function) {
  call_counts[function]++;
  if (!is_configured) {
    configure();
  }
  if (lasting_code) {
    return lasting_code;
  }
  if (planned_function != function || --calls_left > 0) {
    return kSuccess;
  }
  planned_function.clear();
  lasting_code = lasts(planned_code) ? planned_code : 0;
  return planned_code;
}

const char* error_name(int code) { return find(code).name; }
const char* error_text(int code) { return find(code).text; }
}  // namespace emu
