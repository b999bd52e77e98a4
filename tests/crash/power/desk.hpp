#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "crash/disk/memory_disk.hpp"
#include "crash/power/view.hpp"
#include "demo/server/forms_server.hpp"
#include "support/memory_transport.hpp"
#include "support/temporary_folder.hpp"
#include "support/virtual_clock.hpp"

namespace lodge::test {

/// What one call promised: where in the disk's log it began, where it returned, what was there
/// then.
struct Promise {
  std::string what{};
  std::size_t begun = 0;
  std::size_t kept = 0;  ///< position of the log when the call had returned
  View view{};
  /// One call, one transaction: a cut leaves what was there before it or after it. Otherwise (a
  /// pass of delivery) something between is right, too.
  bool whole = true;
};

/// A form that a call said it had accepted.
struct Accepted {
  std::size_t position = 0;  ///< of the log when the call had returned
  std::string shown{};       ///< how a view shows it, whatever becomes of it
};

/// What the server had answered by a position of the log.
struct ServerMoment {
  std::size_t position = 0;
  std::string state{};
};

/// Where people work whose power will be cut: clients without threads on a disk in memory, a
/// virtual clock, the reference server. Each call is noted with its place in the disk's log.
struct Desk {
  explicit Desk(std::uint64_t given_seed);

  Options options();
  /// Opens one more client. The first creates the store.
  Client& open();
  /// Counts what is there as being on the medium.
  void begin_recording();
  /// The same before any client is open: on what a first cut has left, where this is to be seen.
  void begin_recording(const View& left);
  /// What happens from here on does not count. Closes the clients.
  void end_recording();

  /// A call whose effect is one transaction: all of it or nothing survives.
  void call(const std::string& what, const std::function<void()>& work);
  /// After a call that accepted a form: from here on it is there, with this content.
  void accept(const Submission& submission, const nlohmann::json& text);
  /// A pass of delivery or anything else of several transactions.
  void pass(const std::string& what, const std::function<void()>& work);
  /// Passes until nothing is due at this moment.
  void step(int client = 0);

  RecordId record(int number) const { return {"forms", "form-" + std::to_string(number)}; }
  /// A form's content: its size depends on chance.
  nlohmann::json content(const std::string& words, std::size_t least = 0);
  std::uint64_t random();

  std::uint64_t seed;
  TemporaryFolder folder{};
  std::string store = folder / "store.lodge";
  MemoryDisk disk{};
  std::shared_ptr<VirtualClock> clock = std::make_shared<VirtualClock>();
  demo::FormsServer server{};
  std::function<std::optional<Reply>(const Request&)> weather{};  ///< empty: the server answers
  std::shared_ptr<MemoryTransport> wire{};
  std::shared_ptr<Transport> transport{};  ///< in front of the wire; empty: the wire
  std::vector<std::unique_ptr<Client>> clients{};
  std::vector<Promise> promises{};
  std::vector<Accepted> accepted{};
  std::vector<ServerMoment> moments{};
  std::string vfs{};        ///< over the disk's; empty: the disk's own
  bool real_files = false;  ///< in the folder, by SQLite's own VFS
  bool power_safe_overwrite = true;
  bool deliver = true;
  /// Calls that fail are made again, as people do.
  bool tries_again = false;
  std::int64_t failed_calls = 0;

 private:
  void note(const std::string& what, const std::function<void()>& work, bool whole);
  void make(const std::function<void()>& work);
};

}  // namespace lodge::test
