#include "base/memory.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

namespace simplecell {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kMapFrom = size_t{1} << 20;  // smaller blocks come from the heap

}  // namespace

AlignedMemory::AlignedMemory(size_t bytes) : bytes_(bytes) {
    if (bytes > std::numeric_limits<ptrdiff_t>::max() - 2 * kHugePage) throw std::bad_alloc();
    if (bytes < kMapFrom) {
        size_t rounded = (bytes + kAlignment) / kAlignment * kAlignment;
        data_ = std::aligned_alloc(kAlignment, rounded);
        if (data_ == nullptr) throw std::bad_alloc();
        std::memset(data_, 0, rounded);
        return;
    }
    bool huge = bytes >= 2 * kHugePage;
    mapped_ = bytes + (huge ? kHugePage : 0);
    mapping_ = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping_ == MAP_FAILED) throw std::bad_alloc();
    data_ = mapping_;
    if (!huge) return;
    auto address = reinterpret_cast<uintptr_t>(mapping_);
    data_ = reinterpret_cast<void*>((address + kHugePage - 1) / kHugePage * kHugePage);
#ifdef MADV_HUGEPAGE
    madvise(data_, bytes, MADV_HUGEPAGE);  // a hint: refusal changes speed only
#endif
}

AlignedMemory::~AlignedMemory() {
    if (mapping_ != nullptr) {
        munmap(mapping_, mapped_);
    } else {
        std::free(data_);
    }
}

}  // namespace simplecell
