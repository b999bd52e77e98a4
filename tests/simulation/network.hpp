#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/testing/server/forms_server.hpp"
#include "lodge/network.hpp"
#include "lodge/transport.hpp"
#include "simulation/chance.hpp"
#include "simulation/kinds.hpp"
#include "simulation/settings.hpp"
#include "simulation/timeline.hpp"
#include "simulation/trace.hpp"

namespace lodge::test {

class Network;

/// The transport of one process: requests go into the network, replies come out when they arrive.
class Line final : public Transport, public std::enable_shared_from_this<Line> {
 public:
  explicit Line(Network& network) : network_(network) {}

  void start(TransferId id, Request request) override;
  void cancel(TransferId id) override;
  std::vector<Finished> collect() override { return std::exchange(finished_, {}); }
  void on_finished(std::function<void()> notify) override { notify_ = std::move(notify); }
  void forget_connections() override {}

  void arrive(TransferId id, Reply reply);
  /// The process is gone: nothing arrives any more.
  void hang_up();
  /// The machine slept: every open connection is dead when it wakes.
  void cut_all();
  [[nodiscard]] bool waits() const { return !under_way_.empty() || !finished_.empty(); }

 private:
  Network& network_;
  std::map<TransferId, int> under_way_{};  // and which start of that id it was
  std::vector<Finished> finished_{};
  std::function<void()> notify_{};
  friend class Network;
};

/// What lies between the machine and the server, and the server. Draws what becomes of each
/// request, and notes what a judge needs to know.
class Network {
 public:
  Network(const Settings& settings, Timeline& timeline, Chance& chance, Counts& counts,
          Trace& trace);

  [[nodiscard]] std::string endpoint() const;
  void carry(const std::shared_ptr<Line>& line, TransferId id, int start, Request request);

  /// Nothing goes through for a while, in one of several ways. `on_route`: what the system says of
  /// it, and whether it tells anybody.
  void begin_outage(Duration length, const std::function<void(Route, bool told)>& on_route);
  /// From now on everything goes well.
  void heal();
  [[nodiscard]] bool is_out() const { return timeline_.now() < outage_until_; }
  void forget_keys();
  /// Somebody's word, a dead process or a stepped clock ends what the server asked for.
  void forget_patience() { patient_until_.reset(); }

  reference::FormsServer server;

  // For the judge.
  struct Asked {
    std::string bytes{};  ///< everything but the credentials
    std::string identity{};
  };
  std::map<std::string, Asked> asked{};    ///< by key
  std::set<std::uint64_t> late_effects{};  ///< of requests that were given up before
  std::set<std::string> refused{};         ///< URLs that got an answer of 4xx without reason
  std::vector<std::size_t> forgettings{};  ///< effects there were when keys were forgotten
  /// Keys of writes that took effect, of which nobody here was told: no answer of 2xx arrived, and
  /// the record was not read since. By key: the URL.
  std::map<std::string, std::string> untold{};
  std::uint64_t requests = 0;

 private:
  struct Trip {
    std::weak_ptr<Line> line{};
    TransferId id = 0;
    int start = 0;
    Request request{};
  };
  enum class Outage { no_connection, silence, page, redirect, busy, certificate };

  void note(const Request& request);
  void note_told(const Request& request, const Reply& reply);
  void note_patience(Method method, const Reply& reply);
  void travel(const Trip& trip);
  void travel_badly(const Trip& trip);
  void travel_in_outage(const Trip& trip);
  Reply serve(const Request& request);
  /// Serves what nobody will be told of. True: it took effect.
  bool serve_in_vain(const Request& request);
  void serve_late(const Request& request);
  /// `kinds` are counted when it arrives at somebody who waits for it.
  void answer(const Trip& trip, Reply reply, Duration after, std::vector<Kind> kinds = {},
              int times = 1);
  void fail(const Trip& trip, TransportError error, int departures, Duration after,
            std::vector<Kind> kinds);
  std::shared_ptr<Line> whoever_waits(const Trip& trip);
  Duration latency();

  // What may go wrong; each counts itself. network_faults.cpp.
  void lose(const Trip& trip);
  void lose_reply(const Trip& trip);
  void cut_reply(const Trip& trip);
  void double_reply(const Trip& trip);
  void double_request(const Trip& trip);
  void refuse_second(const Trip& trip);
  void refuse_connection(const Trip& trip);
  void err(const Trip& trip);
  void refuse(const Trip& trip);
  void strip_version(const Trip& trip);
  void be_busy(const Trip& trip);
  void intercept_with_page(const Trip& trip);
  void intercept_with_redirect(const Trip& trip);
  void forge(const Trip& trip);
  void break_certificate(const Trip& trip);

  const Settings& settings_;
  Timeline& timeline_;
  Chance& chance_;
  Counts& counts_;
  Trace& trace_;
  int starts_ = 0;
  bool healed_ = false;
  friend class Line;
  Time outage_until_{};
  bool outage_is_new_ = false;           ///< no request met it
  std::optional<Time> patient_until_{};  ///< as a Retry-After that arrived asks for
  Outage outage_ = Outage::no_connection;
};

}  // namespace lodge::test
