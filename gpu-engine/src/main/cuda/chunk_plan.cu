// Makes the list of work of chunk_plan.cuh.
#include "chunk_plan.cuh"

constexpr int kPlanThreads = 256;

// The sum over the threads before this one; `total` becomes that over all.
__device__ int sum_before(int mine, int* warps, int* total) {
  int lane = threadIdx.x % kWarp, warp = threadIdx.x / kWarp;
  int sum = mine;
#pragma unroll
  for (int by = 1; by < kWarp; by *= 2) {
    int other = __shfl_up_sync(kAllLanes, sum, by);
    sum += lane >= by ? other : 0;
  }
  if (lane == kWarp - 1) {
    warps[warp] = sum;
  }
  __syncthreads();
  int before = sum - mine, all = 0;
  for (int w = 0; w < kPlanThreads / kWarp; w++) {
    before += w < warp ? warps[w] : 0;
    all += warps[w];
  }
  __syncthreads();
  *total = all;
  return before;
}

// Plans the decode rows of [firstRow, endRow). Grid 1, block 256.
extern "C" __global__ void __launch_bounds__(kPlanThreads)
    drex_attn_plan(const int* __restrict__ step, int maxRows, int* plan, int firstRow, int endRow) {
  __shared__ int warps[kPlanThreads / kWarp];
  Step rows(step, maxRows);
  int end = min(endRow, rows.decode_rows());
  int* first_item = plan + ChunkPlan::kHeader;
  int* item_row = first_item + maxRows;
  int items = 0;
  for (int from = firstRow; from < end; from += kPlanThreads) {
    int row = from + threadIdx.x, total;
    int before = sum_before(row < end ? chunks_of(rows, row) : 0, warps, &total);
    if (row < end) {
      first_item[row] = items + before;
    }
    items += total;
  }
  __syncthreads();
  int lane = threadIdx.x % kWarp;
  for (int row = firstRow + threadIdx.x / kWarp; row < end; row += kPlanThreads / kWarp) {
    for (int chunk = lane; chunk < chunks_of(rows, row); chunk += kWarp) {
      item_row[first_item[row] + chunk] = row;
    }
  }
  if (threadIdx.x == 0) {
    plan[0] = items;
    plan[1] = firstRow;
    plan[2] = end;
  }
}
DREX_KERNEL(drex_attn_plan)
