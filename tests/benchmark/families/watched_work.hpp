#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lodge::benchmark {

/// Runs `--work what` in a process of its own under a tool (`tool` ends where the name of its
/// report belongs), and returns the report's lines. Throws when either fails.
std::vector<std::string> watch_work(const std::string& tool, const std::string& what, int count,
                                    std::size_t bytes);

}  // namespace lodge::benchmark
