#pragma once

#include <cstdint>

#include "lodge/options.hpp"

namespace lodge::client {

/// The system's random generator. Calls of it may come from any thread, also in a forked child.
/// Throws lodge::Error (io) when the system has none.
RandomSource system_random();

/// `bits` as an even chance in [0, 1).
inline double as_chance(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

}  // namespace lodge::client
