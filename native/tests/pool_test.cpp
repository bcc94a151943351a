// The thread pool: every piece once, whatever the thread count, with several callers, and in a forked child.
#include "base/pool.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "check.h"

using simplecell::kMaxThreads;
using simplecell::parallel_for;

namespace {

struct Tally {
    std::vector<int> hits;                                // plain ints: a piece run twice at once is a data race
    std::vector<int> inside = std::vector<int>(kMaxThreads);
    bool ok = true;
};

struct Loop {
    Tally* tally;
    std::atomic<int>* overlapping;
};

void piece(const void* context, int64_t index, int worker) {
    auto* tally = static_cast<const Loop*>(context)->tally;
    tally->inside[worker] += 1;  // racy if two threads ever share a worker number at once
    tally->hits[static_cast<size_t>(index)] += 1;
    tally->inside[worker] -= 1;
}

void run_once(int threads, int64_t count) {
    Tally tally;
    tally.hits.assign(static_cast<size_t>(count), 0);
    Loop loop{&tally, nullptr};
    parallel_for(threads, count, piece, &loop);
    for (int64_t i = 0; i < count; ++i) {
        CHECK(tally.hits[static_cast<size_t>(i)] == 1, "piece %ld of %ld ran %d times on %d threads", static_cast<long>(i),
              static_cast<long>(count), tally.hits[static_cast<size_t>(i)], threads);
    }
}

void every_thread_count() {
    for (int round = 0; round < 20; ++round) {
        for (int threads : {1, 2, 3, 4, 7, 16}) {
            for (int64_t count : {0, 1, 2, 3, 15, 16, 17, 1000}) run_once(threads, count);
        }
    }
    run_once(kMaxThreads, 500);
    run_once(1000, 500);
}

void many_short_loops() {
    for (int round = 0; round < 20000; ++round) run_once(2 + round % 2, 4);
}

void after_a_rest() {
    for (int round = 0; round < 50; ++round) {
        std::this_thread::sleep_for(std::chrono::milliseconds(3));  // long enough for the workers to park
        run_once(3, 64);
    }
}

void several_callers() {
    std::vector<std::thread> callers;
    for (int i = 0; i < 4; ++i) {
        callers.emplace_back([] {
            for (int round = 0; round < 500; ++round) run_once(3, 50);
        });
    }
    for (auto& caller : callers) caller.join();
}

void nested() {
    auto outer = [](const void*, int64_t, int) { run_once(3, 10); };
    parallel_for(3, 20, outer, nullptr);
}

#if !defined(__SANITIZE_THREAD__)  // which does not follow threads made after a fork
void in_a_child() {
    run_once(4, 100);
    pid_t child = fork();
    if (child == 0) {
        for (int round = 0; round < 100; ++round) run_once(4, 100);
#if defined(__SANITIZE_ADDRESS__)
        _exit(failures == 0 ? 0 : 1);  // its leak check would look for the parent's threads
#else
        std::exit(failures == 0 ? 0 : 1);  // runs the pool's exit handler too
#endif
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child ended with status %d", status);
    run_once(4, 100);
}
#else
void in_a_child() {}
#endif

}  // namespace

int main() {
    every_thread_count();
    many_short_loops();
    after_a_rest();
    several_callers();
    nested();
    in_a_child();
    std::printf("pool: %d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
