#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/autosave/autosaver.hpp"
#include "client/delivery/authorizer.hpp"
#include "client/delivery/delivery.hpp"
#include "client/delivery/monitor.hpp"
#include "client/delivery/prober.hpp"
#include "client/delivery/refresher.hpp"
#include "client/delivery/worker.hpp"
#include "client/events/commit_order.hpp"
#include "client/events/event_bus.hpp"
#include "client/process/flush_turn.hpp"
#include "client/system/id_source.hpp"
#include "lodge/client.hpp"
#include "storage/store.hpp"

namespace lodge {

/// The composition of a client: the only place that knows all of its parts. Shared with the
/// worker's thread, so that a worker which hangs in the host's code can be left behind.
struct Client::Impl : std::enable_shared_from_this<Client::Impl> {
  explicit Impl(Options given);

  void start();
  void close();
  std::vector<Finished> last_replies();

  // What every call begins with.
  void check_process() const;
  void check_may_wait() const;  ///< Errc::in_handler, wrong_process
  storage::Act act(std::string why = {}, std::string who = {}) const;
  std::string identity_of(const std::optional<std::string>& given) const;
  Submission required(const SubmissionId& id) const;  ///< Errc::not_found
  Hold hold_of(const Submission& submission);

  // Drafts.
  Draft store_draft(const Draft& draft, bool autosave);
  Draft begin_draft(const RecordId& record, const std::string& identity, const std::string& lane);
  storage::SubmitDraft sealed(const Draft& draft, const SubmitOptions& options) const;

  // Delivery.
  client::Worker::Result pass(bool eager);
  std::optional<Time> deliver(bool eager);
  Duration after_failed_pass(const std::exception& error) noexcept;
  std::optional<Time> unless_in_vain(std::optional<Time> again);
  void check_endpoint();
  void check_mark();
  std::optional<Duration> keep_mark();
  bool drain(std::chrono::milliseconds patience);
  // Without threads: client_by_hand.cpp.
  struct Stepped {
    std::optional<Time> again{};
    bool idle = false;  ///< as Worker::Result
  };
  Stepped step_by_hand(bool eager);
  bool run_by_hand(bool eager, std::chrono::milliseconds patience,
                   const std::function<bool(bool idle)>& done);
  bool may_wait_by_hand(const std::optional<Time>& again,
                        std::chrono::steady_clock::time_point deadline);
  std::string words_of_no_answer() const;

  void accepted(std::span<const Submission> submissions) noexcept;
  void wake_everybody();

  // Events: collected after each commit, published by the worker.
  void note(Event event);
  bool note_first_news();
  void publish_noted();
  void publish(std::vector<Event> events);
  void log(LogLine line) const;
  void network_changed(const client::MonitorChange& change);

  Options options;
  const int process;
  std::shared_ptr<Clock> clock;
  RandomSource random;
  queue::Profile profile{};
  bool has_endpoint = false;
  client::IdSource ids;
  std::unique_ptr<storage::Store> store;
  EventBus bus;
  std::shared_ptr<Transport> transport{};
  client::Authorizer authorizer;
  std::unique_ptr<client::Monitor> monitor{};
  std::unique_ptr<client::FlushTurn> turn{};
  std::unique_ptr<client::Refresher> refresher{};
  std::unique_ptr<client::Prober> prober{};
  std::unique_ptr<client::Delivery> delivery{};
  std::unique_ptr<client::Autosaver> autosaver{};

  std::mutex noted_mutex{};
  std::vector<Event> noted{};
  std::optional<Event> first_news{};  ///< of the opening; waits for a handler. Guarded like noted
  /// A call is within while it commits and notes its event, and the worker lets those leave before
  /// it publishes: so that "submitted" is never told after "delivered".
  client::CommitOrder order{};
  std::mutex hurry_mutex{};
  std::vector<SubmissionId> hurry{};

  std::vector<Finished> arrived{};  ///< collected, and not yet taken in; worker only
  bool began = false;               ///< this client holds the turn and has its epoch; worker only
  std::atomic<bool> delivering{false};
  std::atomic<bool> came_back{false};  ///< a way is there again: an outage's back-off ends early
  std::atomic<bool> connections_stale{false};  ///< the network changed under them
  int vain = 0;                ///< passes in a row that asked for another and moved nothing
  std::uint64_t progress = 0;  ///< of the delivery at the last pass
  int failures = 0;            ///< passes in a row that the store refused; worker only
  std::atomic<bool> started{false};  ///< every part is there: until then nobody calls back
  std::atomic<bool> closed{false};
  std::unique_ptr<client::Worker> worker{};
};

}  // namespace lodge
