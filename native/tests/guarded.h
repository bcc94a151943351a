// A buffer that tells when it is overrun: it lies against a page that may not be touched (at its end or its
// beginning), and the rest of its own pages is watched for writes and, being NaN, for reads that matter.
#pragma once

#include <cstddef>
#include <cstdint>

class Guarded {
public:
    // `shift` moves the start by that many bytes from where the hard edge would put it.
    Guarded(size_t bytes, bool edge_behind, size_t shift);
    ~Guarded();
    Guarded(const Guarded&) = delete;
    Guarded& operator=(const Guarded&) = delete;

    void* data() const { return data_; }
    size_t size() const { return bytes_; }
    float* floats() const { return reinterpret_cast<float*>(data_); }
    size_t count() const { return bytes_ / sizeof(float); }
    bool intact() const;

private:
    char* map_ = nullptr;
    size_t mapped_ = 0, bytes_ = 0;
    char *room_ = nullptr, *data_ = nullptr;  // room: the accessible pages
    size_t room_bytes_ = 0;
};
