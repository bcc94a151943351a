// How a loop is shared out. Each thread has a part of the loop of its own, the same from loop to loop, so that what it
// wrote in one it finds in its cache in the next; a thread that is done helps the others. All that workers need in order
// to decide whether they join is one atomic word, the gate: [epoch:32][threads:16][open:1][inside:15]. The caller writes
// the job, opens the gate, and takes pieces itself. A worker that sees an open gate of an epoch it has not served enters
// by adding one to `inside`; when the pieces run out the caller shuts the gate and waits only for those who are inside. A
// worker that wakes too late finds the gate shut and goes back to waiting: nobody ever waits for a sleeper.
#include "base/pool.h"

#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

namespace simplecell {
namespace {

constexpr uint64_t kInside = 0x7fff;
constexpr uint64_t kOpen = 0x8000;
// A worker waits for the next loop at first for itself, for a few times the gap between two steps of a program; then it
// lets other threads go first, but stays awake: the processor of a thread that sleeps may be given to somebody else, on a
// host of many virtual machines for long.
constexpr auto kSpin = std::chrono::microseconds(40);
constexpr auto kAwake = std::chrono::milliseconds(2);

uint64_t epoch_of(uint64_t gate) { return gate >> 32; }
int threads_of(uint64_t gate) { return static_cast<int>((gate >> 16) & 0xffff); }

void relax() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    std::atomic_signal_fence(std::memory_order_seq_cst);
#endif
}

// A thread's part of the loop, from which everybody may take.
struct alignas(64) Part {
    std::atomic<int64_t> next{0};
    int64_t end = 0;
};

struct alignas(64) Worker {
    std::thread thread;
    std::mutex mutex;
    std::condition_variable wake;
    std::atomic<bool> parked{false};
};

class Pool {
public:
    explicit Pool(Pool* before) : before_(before) {}

    bool try_enter() { return !busy_.exchange(true, std::memory_order_acquire); }
    void leave() { busy_.store(false, std::memory_order_release); }

    void run(int threads, int64_t count, Task task, const void* context);
    void stop();

private:
    void grow(int workers);
    void work(int index);
    void take(int worker);
    bool await_gate(Worker& self, uint64_t served, bool may_spin);
    void wake(int workers);

    bool changed(uint64_t served) const {
        return epoch_of(gate_.load(std::memory_order_seq_cst)) != served || stopping_.load(std::memory_order_seq_cst);
    }

    alignas(64) std::atomic<uint64_t> gate_{0};
    Part part_[kMaxThreads];
    alignas(64) Task task_ = nullptr;
    const void* context_ = nullptr;
    int parts_ = 1;
    int64_t chunk_ = 1;
    std::atomic<bool> busy_{false};
    std::atomic<bool> stopping_{false};
    int workers_ = 0;                         // changed only while busy
    std::unique_ptr<Worker> worker_[kMaxThreads];
    const int cores_ = static_cast<int>(std::thread::hardware_concurrency());
    Pool* const before_;  // the parent process's pool, kept reachable in a forked child
};

void Pool::take(int worker) {
    for (int other = 0; other < parts_; ++other) {
        Part& part = part_[(worker + other) % parts_];
        for (;;) {
            int64_t begin = part.next.fetch_add(chunk_, std::memory_order_relaxed);
            if (begin >= part.end) break;
            int64_t end = begin + chunk_ < part.end ? begin + chunk_ : part.end;
            for (int64_t i = begin; i < end; ++i) task_(context_, i, worker);
        }
    }
}

void Pool::run(int threads, int64_t count, Task task, const void* context) {
    if (threads > count) threads = static_cast<int>(count);
    grow(threads - 1);
    if (threads > workers_ + 1) threads = workers_ + 1;
    task_ = task;
    context_ = context;
    parts_ = threads;
    chunk_ = count / (int64_t{threads} * 16);
    if (chunk_ < 1) chunk_ = 1;
    const int64_t share = count / threads, more = count % threads;  // the first `more` parts have one piece more
    for (int64_t i = 0; i < threads; ++i) {
        part_[i].next.store(i * share + (i < more ? i : more), std::memory_order_relaxed);
        part_[i].end = (i + 1) * share + (i + 1 < more ? i + 1 : more);
    }
    uint64_t epoch = (epoch_of(gate_.load(std::memory_order_relaxed)) + 1) & 0xffffffff;
    gate_.store(epoch << 32 | static_cast<uint64_t>(threads) << 16 | kOpen, std::memory_order_seq_cst);
    wake(threads - 1);
    take(0);
    gate_.fetch_and(~kOpen, std::memory_order_acq_rel);
    for (int spins = 0; (gate_.load(std::memory_order_acquire) & kInside) != 0; ++spins) {
        if (spins < 4096) relax();
        else sched_yield();
    }
}

void Pool::wake(int workers) {
    for (int i = 0; i < workers; ++i) {
        Worker& worker = *worker_[i];
        if (!worker.parked.load(std::memory_order_seq_cst)) continue;
        { std::lock_guard lock(worker.mutex); }
        worker.wake.notify_one();
    }
}

void Pool::grow(int workers) {
    try {
        while (workers_ < workers && !stopping_.load(std::memory_order_relaxed)) {
            worker_[workers_] = std::make_unique<Worker>();
            worker_[workers_]->thread = std::thread(&Pool::work, this, workers_);
            ++workers_;
        }
    } catch (const std::system_error&) {
        worker_[workers_].reset();  // no more threads to be had: the loop runs with those there are
    }
}

// Waits for an epoch other than `served`; false when the pool is stopping.
bool Pool::await_gate(Worker& self, uint64_t served, bool may_spin) {
    if (may_spin) {
        const auto begin = std::chrono::steady_clock::now();
        for (auto waited = begin - begin; waited < kAwake; waited = std::chrono::steady_clock::now() - begin) {
            for (int i = 0; i < 32; ++i) {
                if (changed(served)) return !stopping_.load(std::memory_order_relaxed);
                relax();
            }
            if (waited > kSpin) sched_yield();
        }
    }
    std::unique_lock lock(self.mutex);
    self.parked.store(true, std::memory_order_seq_cst);
    self.wake.wait(lock, [&] { return changed(served); });
    self.parked.store(false, std::memory_order_seq_cst);
    return !stopping_.load(std::memory_order_relaxed);
}

void Pool::work(int index) {
    Worker& self = *worker_[index];
    uint64_t served = 0;
    bool may_spin = true;
    while (await_gate(self, served, may_spin)) {
        uint64_t gate = gate_.load(std::memory_order_acquire);
        served = epoch_of(gate);
        may_spin = threads_of(gate) <= cores_;
        bool wanted = index + 1 < threads_of(gate);
        bool inside = false;
        while (wanted && (gate & kOpen) != 0 && epoch_of(gate) == served && !inside) {
            inside = gate_.compare_exchange_weak(gate, gate + 1, std::memory_order_acquire);
        }
        if (!inside) continue;
        take(index + 1);
        gate_.fetch_sub(1, std::memory_order_release);
    }
}

// Ends the workers. The pool itself is never destroyed: a thread that outlives exit() may still call it, and
// then works alone.
void Pool::stop() {
    stopping_.store(true, std::memory_order_seq_cst);
    while (!try_enter()) sched_yield();
    for (int i = 0; i < workers_; ++i) {
        { std::lock_guard lock(worker_[i]->mutex); }
        worker_[i]->wake.notify_one();
        worker_[i]->thread.join();
    }
    workers_ = 0;
    leave();
}

std::atomic<Pool*> current{nullptr};
std::atomic<Pool*> of_parent{nullptr};

// A child made by fork() has none of the workers: it starts with no pool and makes its own.
void forget_workers() {
    Pool* pool = current.exchange(nullptr);
    if (pool != nullptr) of_parent.store(pool);
}

Pool& the_pool() {
    Pool* pool = current.load(std::memory_order_acquire);
    if (pool != nullptr) return *pool;
    static const bool registered [[maybe_unused]] = pthread_atfork(nullptr, nullptr, forget_workers) == 0;
    auto* fresh = new Pool(of_parent.load());
    if (current.compare_exchange_strong(pool, fresh, std::memory_order_acq_rel)) return *fresh;
    delete fresh;
    return *pool;
}

struct StopAtExit {
    ~StopAtExit() {
        if (Pool* pool = current.load()) pool->stop();
    }
} stop_at_exit;

}  // namespace

void parallel_for(int threads, int64_t count, Task task, const void* context) {
    if (threads > kMaxThreads) threads = kMaxThreads;
    if (threads > 1 && count > 1) {
        Pool& pool = the_pool();
        if (pool.try_enter()) {
            pool.run(threads, count, task, context);
            pool.leave();
            return;
        }
    }
    for (int64_t i = 0; i < count; ++i) task(context, i, 0);
}

}  // namespace simplecell
