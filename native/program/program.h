// A program: two lists of steps over named segments of memory, run without Python. The prologue is run when
// weights have changed (it packs them), the steps for every batch. A program of several parts runs its steps once for
// each, in a thread of its own: a segment with a stride begins that many bytes further on in each part, one without is
// shared and only read. The prologue runs once, in the first part's memory.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "program/prepare.h"

namespace simplecell {

struct Place {
    int segment;
    int64_t offset;
    int64_t bytes;
};

using Operands = std::vector<std::pair<std::string, std::optional<Place>>>;

struct Step {
    Prepared prepared;
    std::string label;
    bool prologue;
    std::vector<std::optional<Place>> places;  // in the spec's order
    std::vector<void*> pointers;               // of each part, one part behind the other; resolved by bind()
};

// What a segment must offer, gathered from the steps that use it.
struct Segment {
    std::string name;
    int64_t stride = 0;      // bytes from one part's to the next one's
    int64_t bytes = 0;       // the furthest end of any operand in one part
    int64_t alignment = 1;   // of the base address, for the operands to be aligned
    bool written = false;
    bool own = false;        // written by a step outside the prologue: no two parts may share a byte of it
    char* base = nullptr;    // null while unbound
    int64_t bound_bytes = 0;
    bool bound_writable = false;
};

class Program {
public:
    Program(Isa isa, int threads, int parts = 1);  // threads: for each step of each part

    int segment(const std::string& name, int64_t stride = 0);

    // Validates everything that can be known without the memory itself and appends the step.
    void add(const std::string& kernel, const std::vector<Argument>& args, const Operands& operands,
             const std::string& label, bool prologue);

    // The caller keeps the memory alive and in place until it binds another or drops the program.
    void bind(int segment, void* data, int64_t bytes, bool writable);

    void run();
    void run_prologue();
    std::vector<double> profile();  // seconds of each step of one run of the first part

    Isa isa() const { return isa_; }
    int threads() const { return threads_; }
    int parts() const { return parts_; }
    const std::vector<Step>& steps() const { return steps_; }
    const std::vector<Segment>& segments() const { return segments_; }

private:
    std::vector<std::optional<Place>> arrange(const Prepared& prepared, const Operands& operands) const;
    void check_place(const Prepared& prepared, size_t index, const Place& place) const;
    void check_strides(const Segment& segment) const;
    void check_bound(const Segment& segment) const;
    void resolve(Step& step, int index, const Segment& segment) const;
    void run_part(int64_t part) const;
    void require_bound() const;

    const Isa isa_;
    const int threads_, parts_;
    std::vector<Segment> segments_;
    std::vector<Step> steps_;
    std::mutex mutex_;  // one run, bind or add at a time
};

}  // namespace simplecell
