#pragma once

#include <cstdint>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "client/delivery/authorizer.hpp"
#include "client/delivery/secrets.hpp"
#include "lodge/clock.hpp"
#include "lodge/transport.hpp"
#include "queue/answer/classify.hpp"
#include "storage/store.hpp"

namespace lodge::client {

/// Reads records on request (Client::refresh), beside the deliveries on the same transport. An
/// answer that was under way while more became known of its record is not taken: it is asked for
/// once more, and if that happens again what is known now is the answer.
/// Threads: request() and close() from any, the rest on the worker.
class Refresher {
 public:
  struct Found {
    bool answered = false;
    std::string words{};  ///< why not
    std::vector<SubmissionId> stale_drafts{};
  };

  Refresher(storage::Store& store, Transport& transport, Clock& clock,
            const queue::Profile& profile, Authorizer& authorizer)
      : store_(store),
        transport_(transport),
        clock_(clock),
        profile_(profile),
        authorizer_(authorizer) {}

  /// The future is ready once the answer is in the store.
  std::future<Found> request(const RecordId& record, const std::string& identity);

  /// Puts the requested reads on the wire.
  void start_requested();

  /// Takes the replies that are its own out of `finished`.
  void take(std::vector<Finished>& finished);

  /// No answer will come: tells everybody who waits, whether their read has left or not.
  void close();

 private:
  struct Read {
    std::uint64_t caller = 0;  ///< who waits for it
    RecordId record{};
    std::string identity{};
    Request request{};  ///< without authorization
    Secrets secrets{};
    storage::KnownRecord asked_with{};  ///< before it left
    bool refreshed = false;
    bool repeated = false;
    int hops = 0;
  };

  void begin(Read read);
  void start(Read& read, const std::vector<Header>& credentials);
  void answer(TransferId id, const Reply& reply);
  bool resend(Read& read, const queue::Meaning& meaning);
  bool ask_again(Read& read);
  std::optional<Found> settle(Read& read, const queue::Meaning& meaning, const Reply& reply);
  void tell(std::uint64_t caller, Found found);

  storage::Store& store_;
  Transport& transport_;
  Clock& clock_;
  const queue::Profile& profile_;
  Authorizer& authorizer_;
  std::mutex mutex_;  ///< of the next four; not held while others are called
  std::vector<Read> requested_{};
  std::map<std::uint64_t, std::promise<Found>> waiting_{};
  std::uint64_t callers_ = 0;
  bool closed_ = false;
  std::map<TransferId, Read> under_way_{};
  TransferId next_id_ = first_id;

  /// Attempts are numbered from 1; reads count from here, so that the two never meet.
  static constexpr TransferId first_id = TransferId{1} << 62;
};

}  // namespace lodge::client
