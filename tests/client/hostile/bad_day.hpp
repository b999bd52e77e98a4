#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "client/client_case.hpp"
#include "client/hostile/hostile_server.hpp"
#include "client/live_server.hpp"

namespace lodge::test {

inline const std::string token_canary = "canary-of-the-token";
inline const std::string form_canary = "canary-of-the-form";

/// All that a host gets to hear: log lines and events.
struct Overheard {
  std::mutex mutex{};
  std::string words{};
  int sign_ins = 0;

  void add(const std::string& more) {
    const std::lock_guard lock(mutex);
    words += more + "\n";
  }
};

/// One server, one client, and three forms: one creates, one updates, one removes. Everything they
/// hold, and the credentials they go with, is a canary.
class BadDay {
 public:
  explicit BadDay(Wire wire, const std::function<void(Options&)>& adjust = {});
  ~BadDay();

  /// Files the three while nothing may go, then lets them go and waits for what is due at once.
  void file_and_flush();
  /// The trouble is over: every form is delivered within 20 s. `retry`: rejected ones are put back.
  void recover(bool retry);

  /// Each form is in one of these states, has words, and a hold that ends.
  void expect_states(const std::set<std::string>& writes, const std::set<std::string>& removal);
  /// Each form that waits waits for this.
  void expect_hold(const std::string& reason);
  /// What was asked for took effect once, and the history is whole.
  void expect_one_effect_each();
  /// No canary in anything that is said: log, events, explanations, history's words, status.
  void expect_discretion();

  HostileServer server;
  std::unique_ptr<Client> client{};
  Submission creation{};
  Submission update{};
  Submission removal{};

 private:
  [[nodiscard]] std::vector<Submission> forms() const { return {creation, update, removal}; }

  TemporaryFolder folder_{};
  Overheard overheard_{};
  Subscription listening_{};
};

/// A trouble, what it does to the forms, and how it ends.
struct Case {
  HostileServer::Trouble trouble{};
  std::set<std::string> writes{};   ///< states of the creation and the update meanwhile
  std::set<std::string> removal{};  ///< the removal's; empty: as the writes'
  std::string hold{};               ///< empty: not judged
  bool retry = false;               ///< rejected forms are put back afterwards
  std::function<void(Wire, Options&)> adjust{};  ///< the client's options; empty: as they are
};

/// Plays a bad day over every wire.
void expect_survival(const Case& the);

}  // namespace lodge::test
