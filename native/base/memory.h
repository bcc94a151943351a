// Zero-filled memory on 64-byte boundaries. Large blocks are mapped: their pages cost nothing until they are
// touched, and they ask for huge pages.
#pragma once

#include <cstddef>

namespace simplecell {

class AlignedMemory {
public:
    static constexpr size_t kAlignment = 64;

    explicit AlignedMemory(size_t bytes);  // throws std::bad_alloc
    ~AlignedMemory();
    AlignedMemory(const AlignedMemory&) = delete;
    AlignedMemory& operator=(const AlignedMemory&) = delete;

    void* data() const { return data_; }
    size_t size() const { return bytes_; }

private:
    void* data_ = nullptr;
    size_t bytes_ = 0;
    void* mapping_ = nullptr;  // null when the block came from the heap
    size_t mapped_ = 0;
};

}  // namespace simplecell
