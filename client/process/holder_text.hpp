#pragma once

#include <string>

#include "client/process/flush_lock.hpp"

namespace lodge::client {

/// What stands in the lock file, for people and for holder():
///
///     pid 4711
///     since 2031-05-01T09:30:00.000Z
///     active 2031-05-01T11:02:17.250Z
///
/// Times are UTC. A holder's text never changes its length.
std::string holder_text(const FlushHolder& holder);

/// Reads it back. What cannot be read stays empty.
FlushHolder parse_holder(const std::string& text);

}  // namespace lodge::client
