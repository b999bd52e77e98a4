#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "client/delivery/authorizer.hpp"
#include "client/delivery/monitor.hpp"
#include "client/delivery/pace.hpp"
#include "client/delivery/secrets.hpp"
#include "lodge/clock.hpp"
#include "lodge/event.hpp"
#include "lodge/options.hpp"
#include "lodge/transport.hpp"
#include "queue/answer/settle.hpp"
#include "queue/schedule/plan.hpp"
#include "storage/store.hpp"

namespace lodge::client {

/// What a delivery pass works with. All of it outlives the pass.
struct DeliveryParts {
  storage::Store& store;
  Transport& transport;
  Monitor& monitor;
  Clock& clock;
  RandomSource random;
  const queue::Profile& profile;
  Authorizer& authorizer;
  std::function<void(std::vector<Event>)> publish;
  std::function<void(LogLine)> log;  ///< may be empty
  int in_flight = 16;
};

/// The one place where store, queue and transport meet: takes in what came back, records it, and
/// puts what may go on the wire. Never blocks on the network.
///
/// One transaction records the answers that came and opens the attempts that go next. While answers
/// come quickly, it opens more than there is room for on the wire (the transport keeps them), and
/// answers wait for a batch, a few milliseconds at most.
///
/// Threads: one, the worker. Errors: none leave step(); a store that fails stops sending until what
/// came back is recorded, because nothing is sent that could not be recorded.
class Delivery {
 public:
  explicit Delivery(DeliveryParts parts)
      : parts_(std::move(parts)), pace_(parts_.transport.room_ahead()) {}

  /// This process now delivers: attempts an earlier one left open become unconfirmed.
  void begin();

  /// Another process delivers from now on, and took what was under way for interrupted. Answers
  /// that are not recorded yet are kept for the next begin().
  void lose_turn();

  /// Somebody waits for this form: it need not wait for the spread after an outage.
  void hurry(const SubmissionId& id);

  /// A way to the server may be there again: what waits for that is probed now.
  void came_back();

  /// Takes back what has not left yet; returns how many replies will say so at least.
  std::size_t recall_all();

  /// Nothing more will be heard but `last`: what is under way is recorded as maybe received, and
  /// nothing is sent or asked of the host. Throws Error.
  void abandon(std::vector<Finished> last);

  /// One pass. `replies`: transfers of this delivery that ended; emptied as soon as they are safe
  /// here. Returns when to look again; empty:
  /// after a wake.
  std::optional<Time> step(std::vector<Finished>& replies, bool eager);

  /// How many requests were started and answers recorded so far that changed something.
  [[nodiscard]] std::uint64_t progress() const { return progress_; }

  [[nodiscard]] bool in_flight() const { return !flights_.empty(); }
  /// Nothing is under way, and the last step found nothing that may go.
  [[nodiscard]] bool idle() const { return flights_.empty() && unrecorded_.settled.empty(); }

 private:
  struct Flight {
    storage::Due due{};
    std::int64_t attempt = 0;
    Step step = Step::send;
    storage::Precondition precondition = storage::Precondition::none;
    Request request{};                  ///< without authorization
    std::vector<Header> credentials{};  ///< the authorization it went with
    Secrets secrets{};                  ///< of it
    queue::Texts texts{};
    bool probe = false;
    bool refreshed = false;
    int hops = 0;
    std::uint64_t resends = 0;
  };
  struct Batch {
    std::vector<storage::Settled> settled{};
    std::vector<storage::GateChange> gates{};
    std::vector<storage::Due> dues{};
  };
  struct Choice {
    storage::Due due{};
    bool probe = false;
    std::optional<std::string> text{};  ///< its own, when it could be read with the others'
  };
  struct Candidate {
    Flight flight{};
    storage::Claim claim{};
    std::vector<Header> credentials{};
  };

  static constexpr Duration longest_wait_of_answer{10};
  static constexpr auto all_of_them = std::numeric_limits<std::size_t>::max();

  // delivery_receive.cpp: what came back.
  void receive_all(std::size_t most = all_of_them);
  void receive(const Finished& finished);
  bool take_back(Flight& flight, const Reply& reply);
  bool resend(TransferId id, Flight& flight, const queue::Meaning& meaning);
  void settle(Flight& flight, queue::Settlement settlement);
  [[nodiscard]] bool may_wait(Time now) const;
  [[nodiscard]] std::size_t most_at_once() const;
  bool record(std::vector<Candidate> next = {});
  void not_recorded(const Error& error);
  void announce(const Batch& batch, const std::vector<storage::Stored>& stored);
  void tell_monitor(Step step, const Reply& reply, const queue::Meaning& meaning);
  // delivery_send.cpp: what goes out.
  std::optional<Time> send(bool eager);
  std::optional<Time> next_look(const queue::Plan& plan);
  std::vector<Choice> choose(const queue::Plan& plan, Time now, int room);
  void add_hurried(std::vector<Choice>& chosen, const queue::Plan& plan, Time now, int room);
  [[nodiscard]] bool probing() const;
  std::optional<Candidate> prepare(Choice& choice, Time now);
  queue::Texts texts_for(Choice& choice);
  void add_compared(queue::Texts& texts, const storage::Due& due);
  void hold_identity(const std::string& identity, const std::string& words, Time now);
  void read_gates();
  [[nodiscard]] bool must_look() const;
  void recall(const queue::Plan& plan);
  void read_texts(std::vector<Choice>& chosen);
  void start_claimed(std::vector<Candidate>& candidates,
                     const std::vector<storage::Claimed>& claimed);
  void start(Candidate& candidate, const storage::Claimed& claimed);

  double chance();
  RequestKey fresh_key(Time now);

  DeliveryParts parts_;
  std::int64_t epoch_ = 0;
  std::unordered_map<TransferId, Flight> flights_{};
  std::map<std::string, queue::Refusals> refusals_{};  ///< by collection
  queue::Failures failures_{};                         ///< of the origin
  std::map<SubmissionId, Time> hurried_{};             ///< until when somebody waits
  std::deque<Finished> inbox_{};  ///< came back and not yet judged; survives a failing store
  Batch unrecorded_{};
  std::optional<Time> unrecorded_since_{};
  Pace pace_;
  std::vector<storage::Gate> gates_{};  ///< as last read, and as answers changed them since
  std::uint64_t gates_seen_ = 0;
  Path path_seen_ = Path::unknown;                  ///< when last looked for what may go
  bool more_waits_ = true;                          ///< the last look took all it had room for
  std::vector<std::string> without_credentials_{};  ///< identities, in this pass
  bool hurry_news_ = false;
  bool look_at_once_ = false;  ///< what was recorded last made something else ready, or is due anew
  bool abandoning_ = false;    ///< nothing is sent any more
  bool begin_again_ = false;   ///< an attempt was opened and then not sent
  std::uint64_t progress_ = 0;
  int record_failures_ = 0;
  std::optional<Time> record_again_{};
};

}  // namespace lodge::client
