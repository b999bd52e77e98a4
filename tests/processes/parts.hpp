#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "client/live_server.hpp"
#include "processes/forked_client.hpp"

namespace lodge::test {

/// What a process does to the store that all of them share.
struct Role {
  bool writes = true;
  bool delivers = false;
  bool patient = false;  ///< a store that is busy for too long is tried again
};

/// A process with one role, started again and again, and all that it acknowledged.
class Part {
 public:
  Part(int number, const Role& role) : number_(number), role_(role) {}

  void start(const Options& options);
  /// Takes in what it said; waits up to `patience` for the first word.
  void listen(std::chrono::milliseconds patience);
  void kill();
  [[nodiscard]] ForkedClient& process() { return *child_; }

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] const std::vector<int>& filed() const { return filed_; }
  [[nodiscard]] int saved() const { return saved_; }
  [[nodiscard]] int heard() const { return heard_; }

 private:
  int number_;
  Role role_;
  int next_ = 0;  ///< what an incarnation begins with; no number is used twice
  std::vector<int> filed_{};
  int saved_ = -1;
  int heard_ = 0;
  std::optional<ForkedClient> child_{};
};

/// Returns when they have said `count` words more together, or the patience is over; how many.
int wait_for_words(std::deque<Part>& parts, int count, std::chrono::milliseconds patience);

/// Ends all of them, has a client deliver the rest, and holds store and server to what was
/// acknowledged: nothing lost, doubled or out of order. Returns how many forms that were.
std::size_t judge(std::deque<Part>& parts, LiveServer& server, const Options& options);

}  // namespace lodge::test
