// A libcublas.so.12 for the emulated driver: plain loops, on its streams and in its memory, for the
// one kind of product that the engine asks for.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#define CUBLAS extern "C" __attribute__((visibility("default"))) int

extern "C" {
int cublasLtPatch();
// Of the emulated driver.
int drexEmuFault(const char* function);
int drexEmuIsDevice(const void* address, size_t bytes);
int drexEmuHasContext();
void drexEmuSubmit(void* stream, void (*run)(const void*), const void* data, size_t bytes);
}

namespace {
constexpr int kSuccess = 0;
constexpr int kNotInitialized = 1;
constexpr int kInvalidValue = 7;
constexpr int kExecutionFailed = 13;
constexpr int kInternalError = 14;
constexpr int kNotSupported = 15;
constexpr int kLastStatus = 16;

struct Handle {
  void* stream;
  char* workspace;  // null until one is set, which a new stream undoes
  size_t workspace_bytes;
};

struct Product {
  int m, n, k;
  const uint16_t *a, *b;
  int lda, ldb;
  float* c;
  int ldc;
  char* workspace;
  size_t workspace_bytes;
};

// A status that a test planned, or what becomes of an error of the driver.
int fault(const char* function) {
  int code = drexEmuFault(function);
  return code > kLastStatus ? kExecutionFailed : code;
}

float to_f32(uint16_t bits) {
  uint32_t wide = (uint32_t)bits << 16;
  float value;
  memcpy(&value, &wide, sizeof value);
  return value;
}

// c[j][i] = Σ a[i][k] · b[j][k]: columns there are rows here.
void run(const void* data) {
  const Product& product = *(const Product*)data;
  memset(product.workspace, 0x5A, product.workspace_bytes < 4096 ? product.workspace_bytes : 4096);
  for (int j = 0; j < product.n; j++) {
    for (int i = 0; i < product.m; i++) {
      float sum = 0;
      for (int k = 0; k < product.k; k++) {
        float weight = to_f32(product.a[(size_t)i * product.lda + k]);
        sum = fmaf(weight, to_f32(product.b[(size_t)j * product.ldb + k]), sum);
      }
      product.c[(size_t)j * product.ldc + i] = sum;
    }
  }
}

bool is_there(const void* from, int rows, int stride, int columns, size_t element) {
  return drexEmuIsDevice(from, ((size_t)(rows - 1) * stride + columns) * element);
}
}  // namespace

CUBLAS cublasGetProperty(int property, int* value) {
  int version[] = {12, 2, cublasLtPatch()};
  if (property < 0 || property > 2) {
    return kInvalidValue;
  }
  *value = version[property];
  return kSuccess;
}

CUBLAS cublasCreate_v2(Handle** handle) {
  if (int status = fault("cublasCreate")) return status;
  if (!drexEmuHasContext()) return kNotInitialized;
  *handle = new Handle{};
  return kSuccess;
}

CUBLAS cublasDestroy_v2(Handle* handle) {
  fault("cublasDestroy");
  delete handle;
  return kSuccess;
}

CUBLAS cublasSetStream_v2(Handle* handle, void* stream) {
  if (int status = fault("cublasSetStream")) return status;
  *handle = Handle{stream, nullptr, 0};
  return kSuccess;
}

CUBLAS cublasSetWorkspace_v2(Handle* handle, void* workspace, size_t bytes) {
  if (int status = fault("cublasSetWorkspace")) return status;
  if ((uintptr_t)workspace % 256 || !drexEmuIsDevice(workspace, bytes)) return kInvalidValue;
  handle->workspace = (char*)workspace;
  handle->workspace_bytes = bytes;
  return kSuccess;
}

CUBLAS cublasGemmEx(Handle* handle, int transa, int transb, int m, int n, int k, const float* alpha,
                    const void* a, int atype, int lda, const void* b, int btype, int ldb,
                    const float* beta, void* c, int ctype, int ldc, int compute, int algorithm) {
  if (int status = fault("cublasGemmEx")) return status;
  bool is_known = transa == 1 && transb == 0 && atype == 14 && btype == 14 && ctype == 0 &&
                  compute == 68 && algorithm == -1 && *alpha == 1 && *beta == 0;
  if (!is_known) return kNotSupported;
  if (!handle->workspace) return kInternalError;
  bool is_sound = m > 0 && n > 0 && k > 0 && lda >= k && ldb >= k && ldc >= m &&
                  is_there(a, m, lda, k, 2) && is_there(b, n, ldb, k, 2) && is_there(c, n, ldc, m, 4);
  if (!is_sound) return kInvalidValue;
  Product product{m,   n,          k,   (const uint16_t*)a, (const uint16_t*)b, lda,
                  ldb, (float*)c, ldc, handle->workspace,  handle->workspace_bytes};
  drexEmuSubmit(handle->stream, run, &product, sizeof product);
  return kSuccess;
}
