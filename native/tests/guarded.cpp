#include "guarded.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <new>

namespace {

constexpr uint32_t kNan = 0x7fc0dead;

}  // namespace

Guarded::Guarded(size_t bytes, bool edge_behind, size_t shift) : bytes_(bytes) {
    auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    room_bytes_ = (bytes + shift + 8 + page - 1) / page * page;
    mapped_ = room_bytes_ + 2 * page;
    void* map = mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) throw std::bad_alloc();
    map_ = static_cast<char*>(map);
    room_ = map_ + page;
    if (mprotect(room_, room_bytes_, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
    for (size_t i = 0; i < room_bytes_; i += 4) std::memcpy(room_ + i, &kNan, 4);
    data_ = edge_behind ? room_ + room_bytes_ - bytes - shift : room_ + shift;
}

Guarded::~Guarded() { munmap(map_, mapped_); }

bool Guarded::intact() const {
    for (char* at = room_; at < room_ + room_bytes_; at += 4) {
        if (at + 4 > data_ && at < data_ + bytes_) continue;
        if (std::memcmp(at, &kNan, 4) != 0) return false;
    }
    return true;
}
