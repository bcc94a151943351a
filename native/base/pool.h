// The engine's own threads. One pool serves the process; see pool.cpp for how a loop is shared out.
//
// This header is included by code compiled for one instruction set, so it must stay free of inline functions
// and of the standard library's containers.
#pragma once

#include <cstdint>

namespace simplecell {

constexpr int kMaxThreads = 64;

// One piece of a loop. `worker` is below the loop's thread count and unique among the pieces that run at the
// same time: it selects per-thread scratch.
using Task = void (*)(const void* context, int64_t index, int worker);

// Calls task(context, i, worker) once for each i in [0, count) and returns when all are done. The caller takes
// part. If the pool is serving another caller the loop runs in the calling thread alone, so the results of a
// task must not depend on `worker` nor on the order of the calls. Tasks must not throw.
void parallel_for(int threads, int64_t count, Task task, const void* context);

}  // namespace simplecell
