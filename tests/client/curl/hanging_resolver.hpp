#pragma once

#include <condition_variable>
#include <mutex>

namespace lodge::test {

/// While it lives, asking for the address of "hang.test" does not return. Names ending in
/// ".unknown.test" do not exist; "both.test" is ::1 and 127.0.0.1, in this order. The test
/// program's own getaddrinfo does this, in front of the system's.
class HangingResolver {
 public:
  HangingResolver();
  /// Lets all who wait go, and waits until they did.
  ~HangingResolver();
  HangingResolver(const HangingResolver&) = delete;
  HangingResolver& operator=(const HangingResolver&) = delete;

  /// Waits (10 s at most) until somebody asks for the name.
  bool wait_until_asked();
  void answer_never_until_destroyed();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int asked_ = 0;
  int waiting_ = 0;
  bool over_ = false;
};

}  // namespace lodge::test
