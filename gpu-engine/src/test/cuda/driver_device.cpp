// Exported: initialisation, devices, contexts, modules. Devices share one memory.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "api.h"
#include "memory.h"
#include "module.h"
#include "stream.h"

namespace {
thread_local void* current_context = nullptr;
int contexts = 0;

int number(const char* variable, int otherwise) {
  const char* text = getenv(variable);
  return text ? atoi(text) : otherwise;
}

int gpus() { return number("DREX_EMU_GPUS", 1); }

// DREX_EMU_CC is one number for all devices, or one for each: "75,90".
int compute_capability(int device) {
  const char* at = getenv("DREX_EMU_CC");
  for (; at && device > 0 && strchr(at, ','); device--) {
    at = strchr(at, ',') + 1;
  }
  return at ? atoi(at) : 90;
}

// CUdevice_attribute values that a host program asks for.
int attribute(int which, int device) {
  switch (which) {
    case 1: return 1024;                       // threads per block
    case 5: return 2147483647;                 // grid x
    case 6: case 7: return 65535;              // grid y, z
    case 8: return 48 * 1024;                  // shared memory per block
    case 10: return 32;                        // warp
    case 13: return 1000000;                   // clock, kHz
    case 16: return 4;                         // multiprocessors
    case 19: return 1;                         // can map host memory
    case 38: return 50 << 20;                  // L2 bytes
    case 39: return 2048;                      // threads per multiprocessor
    case 41: return 1;                         // unified addressing
    case 75: return compute_capability(device) / 10;
    case 76: return compute_capability(device) % 10;
    case 81: return 228 * 1024;                // shared memory per multiprocessor
    case 97: return 227 * 1024;                // shared memory per block, opt-in
    default: return 0;
  }
}
}  // namespace

namespace emu {
std::recursive_mutex& lock() {
  static std::recursive_mutex mutex;
  return mutex;
}
bool has_context() { return current_context != nullptr; }
}  // namespace emu

DREX_EXPORT void drexEmuFail(const char* function, int nth, int code) {
  std::lock_guard<std::recursive_mutex> guard(emu::lock());
  emu::fail(function, nth, code);
}
DREX_EXPORT void drexEmuReset() {
  std::lock_guard<std::recursive_mutex> guard(emu::lock());
  emu::reset_faults();
}
DREX_EXPORT long drexEmuCalls(const char* function) {
  std::lock_guard<std::recursive_mutex> guard(emu::lock());
  return emu::calls(function);
}
DREX_EXPORT long drexEmuAllocated() {
  std::lock_guard<std::recursive_mutex> guard(emu::lock());
  return (long)emu::allocated();
}

// For libraries that run on this driver.
DREX_EXPORT int drexEmuFault(const char* function) {
  std::lock_guard<std::recursive_mutex> guard(emu::lock());
  return emu::fault(function);
}
DREX_EXPORT int drexEmuHasContext() { return emu::has_context(); }
DREX_EXPORT int drexEmuIsDevice(const void* address, size_t bytes) {
  std::lock_guard<std::recursive_mutex> guard(emu::lock());
  return emu::is_within(emu::Kind::kDevice, address, bytes);
}
// Queues run(a copy of the data).
DREX_EXPORT void drexEmuSubmit(emu::Stream* stream, void (*run)(const void*), const void* data,
                               size_t bytes) {
  std::lock_guard<std::recursive_mutex> guard(emu::lock());
  std::vector<char> copy((const char*)data, (const char*)data + bytes);
  emu::submit(stream, [run, copy] { run(copy.data()); });
}

DREX_EXPORT int cuInit(unsigned) {
  EMU_ENTER_BARE("cuInit");
  return number("DREX_EMU_INIT", emu::kSuccess);
}
DREX_EXPORT int cuDriverGetVersion(int* version) {
  *version = number("DREX_EMU_DRIVER", 12020);
  return emu::kSuccess;
}
DREX_EXPORT int cuGetErrorName(int code, const char** name) {
  *name = emu::error_name(code);
  return emu::kSuccess;
}
DREX_EXPORT int cuGetErrorString(int code, const char** text) {
  *text = emu::error_text(code);
  return emu::kSuccess;
}

DREX_EXPORT int cuDeviceGetCount(int* count) {
  EMU_ENTER_BARE("cuDeviceGetCount");
  *count = gpus();
  return emu::kSuccess;
}
DREX_EXPORT int cuDeviceGet(int* device, int ordinal) {
  EMU_ENTER_BARE("cuDeviceGet");
  *device = ordinal;
  return ordinal >= 0 && ordinal < gpus() ? emu::kSuccess : 101;
}
DREX_EXPORT int cuDeviceGetName(char* name, int length, int) {
  EMU_ENTER_BARE("cuDeviceGetName");
  snprintf(name, length, "DREX emulated GPU");
  return emu::kSuccess;
}
DREX_EXPORT int cuDeviceGetAttribute(int* value, int which, int device) {
  EMU_ENTER_BARE("cuDeviceGetAttribute");
  *value = attribute(which, device);
  return emu::kSuccess;
}
DREX_EXPORT int cuDeviceComputeCapability(int* major, int* minor, int device) {
  *major = compute_capability(device) / 10;
  *minor = compute_capability(device) % 10;
  return emu::kSuccess;
}
DREX_EXPORT int cuDeviceTotalMem_v2(size_t* bytes, int) {
  EMU_ENTER_BARE("cuDeviceTotalMem");
  *bytes = emu::capacity();
  return emu::kSuccess;
}
DREX_EXPORT int cuDeviceGetPCIBusId(char* id, int length, int device) {
  snprintf(id, length, "0000:%02x:00.0", 0x3a + device);
  return emu::kSuccess;
}
DREX_EXPORT int cuDeviceGetUuid(char* uuid, int device) {
  memset(uuid, 0, 16);
  uuid[15] = (char)device;
  return emu::kSuccess;
}

static int make_context(void** context) {
  *context = malloc(1);
  contexts++;
  return emu::kSuccess;
}
DREX_EXPORT int cuCtxCreate_v2(void** context, unsigned, int) {
  EMU_ENTER_BARE("cuCtxCreate");
  make_context(context);
  current_context = *context;
  return emu::kSuccess;
}
DREX_EXPORT int cuCtxDestroy_v2(void* context) {
  std::lock_guard<std::recursive_mutex> guard(emu::lock());
  contexts--;
  current_context = current_context == context ? nullptr : current_context;
  free(context);
  return emu::kSuccess;
}
static void* primary_context = nullptr;
static int primary_uses = 0;
DREX_EXPORT int cuDevicePrimaryCtxRetain(void** context, int) {
  EMU_ENTER_BARE("cuDevicePrimaryCtxRetain");
  if (primary_uses++ == 0) {
    make_context(&primary_context);
  }
  *context = primary_context;
  return emu::kSuccess;
}
DREX_EXPORT int cuDevicePrimaryCtxRelease_v2(int) {
  std::lock_guard<std::recursive_mutex> guard(emu::lock());
  if (--primary_uses == 0) {
    return cuCtxDestroy_v2(primary_context);
  }
  return emu::kSuccess;
}
DREX_EXPORT int cuDevicePrimaryCtxSetFlags_v2(int, unsigned) { return emu::kSuccess; }
DREX_EXPORT int cuCtxSetCurrent(void* context) {
  current_context = context;
  return emu::kSuccess;
}
DREX_EXPORT int cuCtxGetCurrent(void** context) {
  *context = current_context;
  return emu::kSuccess;
}
DREX_EXPORT int cuCtxPushCurrent_v2(void* context) { return cuCtxSetCurrent(context); }
DREX_EXPORT int cuCtxPopCurrent_v2(void** context) {
  *context = current_context;
  current_context = nullptr;
  return emu::kSuccess;
}
DREX_EXPORT int cuCtxGetDevice(int* device) {
  *device = 0;
  return emu::kSuccess;
}
DREX_EXPORT int cuCtxSynchronize() {
  EMU_ENTER("cuCtxSynchronize");
  EMU_NOT_IN_CAPTURE();
  emu::run_everything();
  return emu::kSuccess;
}

DREX_EXPORT int cuModuleLoadData(emu::Module** module, const char* image) {
  EMU_ENTER("cuModuleLoadData");
  if (memcmp(image, "\177ELF", 4) == 0) {
    return emu::kNoBinaryForGpu;
  }
  *module = emu::load_module(image);
  return *module ? emu::kSuccess : emu::kInvalidImage;
}
DREX_EXPORT int cuModuleLoadDataEx(emu::Module** module, const char* image, unsigned, int*, void**) {
  return cuModuleLoadData(module, image);
}
DREX_EXPORT int cuModuleUnload(emu::Module* module) {
  std::lock_guard<std::recursive_mutex> guard(emu::lock());
  emu::run_everything();
  delete module;
  return emu::kSuccess;
}
DREX_EXPORT int cuModuleGetFunction(emu::Function** function, emu::Module* module,
                                    const char* name) {
  EMU_ENTER("cuModuleGetFunction");
  *function = emu::find_function(*module, name);
  return *function ? emu::kSuccess : emu::kNotFound;
}
DREX_EXPORT int cuFuncGetAttribute(int* value, int which, emu::Function*) {
  *value = which == 0 ? 1024 : 0;  // threads per block
  return emu::kSuccess;
}
DREX_EXPORT int cuFuncSetAttribute(emu::Function*, int, int) { return emu::kSuccess; }
