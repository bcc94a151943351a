// The tests' own assertion: says where and what, and counts.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

inline int failures = 0;

#define CHECK(condition, ...)                                                    \
    do {                                                                         \
        if (!(condition)) {                                                      \
            std::printf("%s:%d: %s: ", __FILE__, __LINE__, #condition);          \
            std::printf(__VA_ARGS__);                                            \
            std::printf("\n");                                                   \
            if (++failures >= 20) std::exit(1);                                  \
        }                                                                        \
    } while (false)

// Whether `body` throws an Error whose message holds `text`.
template <class Error, class Body>
bool refuses(const std::string& text, const Body& body) {
    try {
        body();
    } catch (const Error& error) {
        if (std::string(error.what()).find(text) != std::string::npos) return true;
        std::printf("the message was: %s\n", error.what());
    }
    return false;
}
