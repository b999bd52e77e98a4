#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "crash/faults/subjects.hpp"
#include "crash/power/desk.hpp"

namespace lodge::test {

/// What fails, and when. Armed, it fails at the nth opportunity from then on.
class Trouble {
 public:
  Trouble() = default;
  Trouble(const Trouble&) = delete;
  Trouble& operator=(const Trouble&) = delete;
  virtual ~Trouble() = default;
  /// Where the desk's files are, for this trouble to reach them.
  virtual void move_in(Desk& desk) = 0;
  virtual void arm(std::int64_t nth, bool for_good) = 0;
  /// Ends it; true when it had struck.
  virtual bool end() = 0;
};

/// Makes one call again and again, with trouble one step later each time, until trouble comes too
/// late: the call takes effect whole or not at all, its error says what is the matter, and the same
/// client goes on as soon as the trouble is over.
class FaultSweep {
 public:
  FaultSweep(const Subject& subject, Trouble& trouble) : subject_(subject), trouble_(trouble) {}

  /// The client that makes the call has just been opened: nothing is in its memory yet.
  void with_cold_client() { cold_ = true; }
  /// Returns how many times it was struck.
  std::int64_t run(bool for_good, std::int64_t stride);
  /// What was not as it should be: empty.
  [[nodiscard]] const std::vector<std::string>& breaches() const { return breaches_; }

 private:
  void move_in();
  void move_out();
  bool strike(std::int64_t nth, bool for_good);
  void judge(const std::string& error, const View& before, const std::function<void()>& call);
  void deliver_all();
  bool settle_conflicts();
  void breach(const std::string& sentence);

  const Subject& subject_;
  Trouble& trouble_;
  std::unique_ptr<Desk> desk_{};
  int round_ = 0;
  std::int64_t nth_ = 0;
  bool for_good_ = false;
  bool cold_ = false;
  std::vector<std::string> breaches_{};
};

}  // namespace lodge::test
