#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace lodge::test {

/// True when the long tests are to run at full size (tests/run --large).
inline bool is_large() {
  const char* size = std::getenv("LODGE_TEST_SIZE");
  return size != nullptr && std::string_view(size) == "large";
}

/// Steps of a sweep that visits every place at full size, and each `small`-th otherwise.
inline std::int64_t stride(std::int64_t small) { return is_large() ? 1 : small; }

}  // namespace lodge::test
