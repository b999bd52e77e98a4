#pragma once

#include <cstdint>

namespace lodge::benchmark {

/// What this process asked of its disk: calls of libc's functions, which the executable's own
/// symbols replace, SQLite's calls among them.
struct DiskCounts {
  std::int64_t syncs = 0;
  std::int64_t writes = 0;
  std::int64_t bytes = 0;
};

DiskCounts disk_counts();
DiskCounts operator-(const DiskCounts& left, const DiskCounts& right);

}  // namespace lodge::benchmark
