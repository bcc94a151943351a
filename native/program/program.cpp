#include "program/program.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <stdexcept>

#include "base/pool.h"
#include "base/size.h"

namespace simplecell {
namespace {

std::string number(int64_t value) { return std::to_string(value); }

[[noreturn]] void refuse(const Prepared& prepared, size_t index, const std::string& what) {
    throw std::invalid_argument(prepared.kernel->name + ": operand '" + prepared.operand(index).name + "' " + what);
}

bool overlap(const Place& a, const Place& b) {
    return a.segment == b.segment && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

// Whether `name` is one of the words of `list`.
bool listed(const char* list, const std::string& name) {
    std::string padded = " " + std::string(list == nullptr ? "" : list) + " ";
    return padded.find(" " + name + " ") != std::string::npos;
}

// An output may lie exactly over an input its spec names; any other overlap would let a kernel read what it has
// already overwritten.
void check_overlaps(const Prepared& prepared, const std::vector<std::optional<Place>>& places) {
    for (size_t i = 0; i < places.size(); ++i) {
        if (!places[i] || prepared.operand(i).role == Role::in) continue;
        Place target = *places[i];
        target.bytes = prepared.bytes[i];
        for (size_t j = 0; j < places.size(); ++j) {
            if (i == j || !places[j]) continue;
            Place other = *places[j];
            other.bytes = prepared.bytes[j];
            if (!overlap(target, other)) continue;
            bool allowed = listed(prepared.operand(i).over, prepared.operand(j).name) ||
                           listed(prepared.operand(j).over, prepared.operand(i).name);
            if (allowed && target.offset == other.offset) continue;
            refuse(prepared, i, "[" + number(target.offset) + ", " + number(target.offset + target.bytes) +
                                    ") overlaps '" + prepared.operand(j).name + "' [" + number(other.offset) + ", " +
                                    number(other.offset + other.bytes) + ")");
        }
    }
}

}  // namespace

Program::Program(Isa isa, int threads, int parts) : isa_(isa), threads_(threads), parts_(parts) {
    for (auto [name, value] : {std::pair("threads", threads), std::pair("parts", parts)}) {
        if (value >= 1 && value <= kMaxThreads) continue;
        throw std::invalid_argument(std::string(name) + " is " + number(value) + ", outside [1, " + number(kMaxThreads) + "]");
    }
}

int Program::segment(const std::string& name, int64_t stride) {
    std::lock_guard lock(mutex_);
    if (stride < 0 || stride > INT64_MAX / (2 * kMaxThreads)) {
        throw std::invalid_argument("segment '" + name + "' has the stride " + number(stride) + " bytes");
    }
    for (const Segment& segment : segments_) {
        if (segment.name == name) throw std::invalid_argument("segment '" + name + "' exists already");
    }
    segments_.push_back({name, stride});
    return static_cast<int>(segments_.size()) - 1;
}

void Program::check_place(const Prepared& prepared, size_t index, const Place& place) const {
    if (place.segment < 0 || place.segment >= static_cast<int>(segments_.size())) {
        refuse(prepared, index, "names segment " + number(place.segment) + "; there are " + number(segments_.size()));
    }
    const std::string& name = segments_[place.segment].name;
    if (place.offset < 0 || place.bytes < 0 || place.offset > INT64_MAX - place.bytes) {
        refuse(prepared, index, "has offset " + number(place.offset) + " and length " + number(place.bytes) +
                                    " in segment '" + name + "'");
    }
    int64_t alignment = bytes_of(prepared.operand(index).type);
    if (place.offset % alignment != 0) {
        refuse(prepared, index, "has offset " + number(place.offset) + " in segment '" + name +
                                    "', not a multiple of " + number(alignment));
    }
    if (place.bytes < prepared.bytes[index]) {
        refuse(prepared, index, "has " + number(place.bytes) + " bytes in segment '" + name + "' and needs " +
                                    number(prepared.bytes[index]));
    }
}

std::vector<std::optional<Place>> Program::arrange(const Prepared& prepared, const Operands& operands) const {
    std::vector<std::optional<Place>> places(prepared.operands());
    for (const auto& [name, place] : operands) {
        auto index = static_cast<size_t>(prepared.index_of(name));
        if (place) check_place(prepared, index, *place);
        places[index] = place;
    }
    for (size_t i = 0; i < places.size(); ++i) {
        if (!places[i] && prepared.needed(i)) {
            refuse(prepared, i, "is missing; it needs " + number(prepared.bytes[i]) + " bytes");
        }
    }
    check_overlaps(prepared, places);
    return places;
}

void Program::add(const std::string& kernel, const std::vector<Argument>& args, const Operands& operands,
                  const std::string& label, bool prologue) {
    std::lock_guard lock(mutex_);
    Prepared prepared = prepare(kernel, isa_, args, threads_);
    std::vector<std::optional<Place>> places = arrange(prepared, operands);
    std::vector<Segment> grown = segments_;
    for (size_t i = 0; i < places.size(); ++i) {
        if (!places[i]) continue;
        Segment& segment = grown[places[i]->segment];
        segment.bytes = std::max(segment.bytes, places[i]->offset + places[i]->bytes);
        segment.alignment = std::max(segment.alignment, bytes_of(prepared.operand(i).type));
        segment.written = segment.written || prepared.operand(i).role != Role::in;
        segment.own = segment.own || (!prologue && prepared.operand(i).role != Role::in);
        check_strides(segment);
        if (segment.base != nullptr) check_bound(segment);
    }
    std::vector<void*> pointers(places.size() * static_cast<size_t>(parts_), nullptr);
    steps_.push_back({std::move(prepared), label, prologue, std::move(places), std::move(pointers)});
    segments_ = std::move(grown);
    for (size_t i = 0; i < segments_.size(); ++i) resolve(steps_.back(), static_cast<int>(i), segments_[i]);
}

void Program::resolve(Step& step, int index, const Segment& segment) const {
    if (segment.base == nullptr) return;
    const size_t count = step.places.size();
    for (size_t i = 0; i < count; ++i) {
        if (!step.places[i] || step.places[i]->segment != index) continue;
        for (int64_t part = 0; part < parts_; ++part) {
            step.pointers[part * count + i] = segment.base + part * segment.stride + step.places[i]->offset;
        }
    }
}

void Program::check_strides(const Segment& segment) const {
    if (parts_ == 1) return;
    std::string place = "segment '" + segment.name + "' has the stride " + number(segment.stride);
    if (segment.stride % segment.alignment != 0) {
        throw std::invalid_argument(place + ", not a multiple of " + number(segment.alignment));
    }
    if (segment.own && segment.stride < segment.bytes) {
        throw std::invalid_argument(place + " and its operands reach to " + number(segment.bytes) +
                                    ": parts would write over each other");
    }
}

void Program::check_bound(const Segment& segment) const {
    std::string place = "segment '" + segment.name + "'";
    const int64_t before = (parts_ - 1) * segment.stride;
    if (segment.bound_bytes < before || segment.bound_bytes - before < segment.bytes) {
        throw std::invalid_argument(place + " is bound to " + number(segment.bound_bytes) + " bytes; its operands reach to " +
                                    number((Size(before) + Size(segment.bytes)).value()));
    }
    if (segment.written && !segment.bound_writable) {
        throw std::invalid_argument(place + " is bound to read-only memory, but a step writes to it");
    }
    if (reinterpret_cast<uintptr_t>(segment.base) % static_cast<uintptr_t>(segment.alignment) != 0) {
        throw std::invalid_argument(place + " is bound to memory that is not aligned to " + number(segment.alignment) + " bytes");
    }
}

void Program::bind(int index, void* data, int64_t bytes, bool writable) {
    std::lock_guard lock(mutex_);
    if (index < 0 || index >= static_cast<int>(segments_.size())) {
        throw std::invalid_argument("there is no segment " + number(index) + "; there are " + number(segments_.size()));
    }
    static char nothing alignas(64)[64];  // stands for memory of length 0, which may have no address
    Segment candidate = segments_[index];
    candidate.base = data != nullptr ? static_cast<char*>(data) : nothing;
    candidate.bound_bytes = bytes;
    candidate.bound_writable = writable;
    check_bound(candidate);
    segments_[index] = candidate;
    for (Step& step : steps_) resolve(step, index, candidate);
}

void Program::require_bound() const {
    for (const Segment& segment : segments_) {
        if (segment.base == nullptr && segment.bytes > 0) {
            throw std::runtime_error("segment '" + segment.name + "' is not bound; it needs " + number(segment.bytes) + " bytes");
        }
    }
}

void Program::run_part(int64_t part) const {
    for (const Step& step : steps_) {
        if (!step.prologue) step.prepared.run(step.pointers.data() + part * step.places.size());
    }
}

void Program::run() {
    std::lock_guard lock(mutex_);
    require_bound();
    auto part = [](const void* program, int64_t index, int) { static_cast<const Program*>(program)->run_part(index); };
    parallel_for(parts_, parts_, part, this);
}

void Program::run_prologue() {
    std::lock_guard lock(mutex_);
    require_bound();
    for (const Step& step : steps_) {
        if (step.prologue) step.prepared.run(step.pointers.data());
    }
}

std::vector<double> Program::profile() {
    std::lock_guard lock(mutex_);
    require_bound();
    using Clock = std::chrono::steady_clock;
    std::vector<double> seconds;
    for (const Step& step : steps_) {
        if (step.prologue) continue;
        auto start = Clock::now();
        step.prepared.run(step.pointers.data());
        seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    }
    return seconds;
}

}  // namespace simplecell
