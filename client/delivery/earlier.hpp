#pragma once

#include <algorithm>
#include <optional>

#include "lodge/time.hpp"

namespace lodge::client {

/// The earlier of two moments, where empty is never.
inline std::optional<Time> earlier(std::optional<Time> one, std::optional<Time> other) {
  if (!one || !other) return one ? one : other;
  return std::min(*one, *other);
}

}  // namespace lodge::client
