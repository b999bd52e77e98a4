#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "demo/day/held_port.hpp"
#include "demo/server/forms_server.hpp"
#include "demo/server/listener.hpp"

namespace lodge::demo {

/// What the network and the server do to requests.
enum class Sky {
  fair,    ///< every request is answered
  portal,  ///< a sign-in page answers everything with 200
  busy,    ///< 503 with Retry-After
  lossy,   ///< requests and answers are lost or cut, by a deck of cards
};

/// What really befell requests.
struct Weathered {
  int portal_answers = 0;
  int busy_answers = 0;
  int lost_requests = 0;  ///< never reached the server
  int lost_replies = 0;   ///< took effect, and nobody was told
  int cut_replies = 0;    ///< took effect, and half of the answer came
  int refused_forms = 0;  ///< 400: the server's own rule
};

/// The reference server behind a network that misbehaves on order. The server refuses forms with a
/// negative speed.
///
/// Threads: any member from any thread; requests are handled on the listener's thread.
class World {
 public:
  explicit World(std::uint64_t seed);
  ~World();

  [[nodiscard]] std::string endpoint() const;

  void link_up();    ///< listens again, on the same port
  void link_down();  ///< connections are cut, and refused from now on
  void set_sky(Sky sky);
  /// How long the server takes for each request.
  void set_delay(std::chrono::milliseconds delay);

  /// Somebody else changes the record. Throws std::invalid_argument when the server does not have
  /// it.
  void edit(const RecordId& record, const std::function<void(nlohmann::json&)>& change);
  /// Somebody else removes the record; false when it is not there.
  bool remove(const RecordId& record);

  [[nodiscard]] Weathered weathered() const;
  [[nodiscard]] int link_downs() const { return link_downs_; }
  [[nodiscard]] std::size_t effect_count() const;
  [[nodiscard]] std::vector<Effect> effects() const;
  [[nodiscard]] Tally tally() const;

 private:
  std::optional<Reply> handle(const Request& request);
  Delivery deliver(const Request& request);

  HeldPort port_;
  mutable std::mutex mutex_;  // guards all below but the listener
  FormsServer server_;
  Sky sky_ = Sky::fair;
  std::chrono::milliseconds delay_{0};
  Weathered weathered_;
  std::mt19937_64 chance_;
  std::vector<Delivery> deck_;
  int link_downs_ = 0;
  std::unique_ptr<Listener> listener_;
};

}  // namespace lodge::demo
