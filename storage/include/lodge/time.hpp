#pragma once

#include <chrono>

namespace lodge {

/// A point in civil time (UTC, milliseconds since 1970-01-01). Everything that lodge stores or
/// shows is a Time; waiting inside a process uses the steady clock instead.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

using Duration = std::chrono::milliseconds;

}  // namespace lodge
