// CUDA, or what stands for it in tests: every kernel file includes this and nothing of CUDA's own.
#pragma once
#ifdef DREX_EMU
#include "emu.h"
#else
#include <cuda_bf16.h>
#define DREX_KERNEL(name)
#endif

using bf16 = __nv_bfloat16;
