// A program: two lists of steps over named segments of memory, run without Python. The prologue is run when
// weights have changed (it packs them), the steps for every batch.
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
    std::vector<void*> pointers;               // resolved by bind()
};

// What a segment must offer, gathered from the steps that use it.
struct Segment {
    std::string name;
    int64_t bytes = 0;       // the furthest end of any operand
    int64_t alignment = 1;   // of the base address, for the operands to be aligned
    bool written = false;
    char* base = nullptr;    // null while unbound
    int64_t bound_bytes = 0;
    bool bound_writable = false;
};

class Program {
public:
    Program(Isa isa, int threads);

    int segment(const std::string& name);

    // Validates everything that can be known without the memory itself and appends the step.
    void add(const std::string& kernel, const std::vector<Argument>& args, const Operands& operands,
             const std::string& label, bool prologue);

    // The caller keeps the memory alive and in place until it binds another or drops the program.
    void bind(int segment, void* data, int64_t bytes, bool writable);

    void run();
    void run_prologue();
    std::vector<double> profile();  // seconds of each step of one run

    Isa isa() const { return isa_; }
    int threads() const { return threads_; }
    const std::vector<Step>& steps() const { return steps_; }
    const std::vector<Segment>& segments() const { return segments_; }

private:
    std::vector<std::optional<Place>> arrange(const Prepared& prepared, const Operands& operands) const;
    void check_place(const Prepared& prepared, size_t index, const Place& place) const;
    void check_bound(const Segment& segment) const;
    void execute(bool prologue);
    void require_bound() const;

    const Isa isa_;
    const int threads_;
    std::vector<Segment> segments_;
    std::vector<Step> steps_;
    std::mutex mutex_;  // one run, bind or add at a time
};

}  // namespace simplecell
