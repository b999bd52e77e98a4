#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "lodge/clock.hpp"
#include "lodge/id.hpp"
#include "lodge/options.hpp"

namespace lodge::client {

/// Makes UUIDs of version 7. Each is greater than the one before, within a millisecond and when the
/// clock goes back (RFC 9562 §6.2, method 1: rand_a counts; a full counter borrows the next
/// millisecond). 62 bits are fresh chance each time. Threads: any.
class IdSource {
 public:
  IdSource(std::shared_ptr<Clock> clock, RandomSource random);

  UuidBytes next();

  /// next<SubmissionId>()
  template <class Name>
  Name next() {
    return Name{next()};
  }

 private:
  std::shared_ptr<Clock> clock_;
  RandomSource random_;
  std::mutex mutex_;
  std::int64_t milliseconds_ = -1;  // of the last one
  std::uint32_t counter_ = 0;       // of the last one, 12 bits
};

}  // namespace lodge::client
