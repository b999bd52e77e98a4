#include "client/curl/curl_loop.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "client/curl/curl_transfer.hpp"
#include "client/curl/curl_transport.hpp"
#include "client/curl/generations.hpp"
#include "client/curl/mailbox.hpp"
#include "client/curl/request_check.hpp"

namespace lodge::client {
namespace {

// How long to do without when there is no memory.
constexpr std::chrono::milliseconds pause_without_memory{20};

Finished not_sent(TransferId id, TransportError error, std::string_view detail) noexcept {
  Finished finished{.id = id};
  finished.reply.error = error;
  try {
    finished.reply.detail = detail;
  } catch (const std::bad_alloc&) {
    // An answer without its detail is one.
  }
  return finished;
}

bool start_libcurl() {
  static std::once_flag once;
  static CURLcode code = CURLE_FAILED_INIT;
  std::call_once(once, [] { code = curl_global_init(CURL_GLOBAL_DEFAULT); });
  return code == CURLE_OK;
}

// One origin's transfers.
struct Lane {
  int running = 0;
  std::deque<StartTransfer> waiting{};
};

struct Flight {
  Flight(const CurlOptions& options, CURLSH* share) : transfer(options, share) {
    curl_easy_setopt(transfer.handle(), CURLOPT_PRIVATE, this);
  }
  CurlTransfer transfer;
  Lane* lane = nullptr;
  Generation* generation = nullptr;
};

// Nobody could catch what is thrown here. So there is room for each answer before anything is done
// that ends in one; without room the commands, the transfers that ended and those that wait stay
// where they are.
class CurlLoop {
 public:
  CurlLoop(Mailbox& mailbox, const CurlOptions& options)
      : mailbox_(mailbox), options_(options), generations_(options.max_connections) {
    curl_share_setopt(share_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  }

  ~CurlLoop() {
    for (const auto& [id, flight] : flights_) leave(*flight);
  }

  void run() {
    while (std::vector<Command>* commands = mailbox_.take()) {
      carry_out(*commands);
      if (std::exchange(stalled_, false)) launch_all();
      progress();
      // At once, whatever else goes on: whoever records answers works while others are fetched.
      if (!mailbox_.deliver(finished_)) short_ = true;
      if (!std::exchange(short_, false)) {
        if (launched_ || !mailbox_.may_sleep() || generations_.wait(mailbox_.bell())) continue;
      }
      std::this_thread::sleep_for(pause_without_memory);
    }
  }

 private:
  bool has_room() noexcept {
    if (finished_.size() < finished_.capacity()) return true;
    try {
      finished_.reserve(std::max(fewest_answers, 2 * finished_.size()));
      return true;
    } catch (const std::bad_alloc&) {
      short_ = true;
      return false;
    }
  }

  void carry_out(std::vector<Command>& commands) {
    auto next = commands.begin();
    for (; next != commands.end() && has_room(); ++next) {
      std::visit([this](auto& order) { obey(order); }, *next);
    }
    commands.erase(commands.begin(), next);
  }

  void obey(StartTransfer& order) {
    if (!usable_) {
      finished_.push_back(
          not_sent(order.id, TransportError::connect, "libcurl could not be initialised"));
      return;
    }
    if (const auto reason = refusal(order.request)) {
      finished_.push_back(not_sent(order.id, TransportError::refused, *reason));
      return;
    }
    if (Lane* lane = put_in_lane(order)) {
      launch(*lane);
    } else {
      finished_.push_back(not_sent(order.id, TransportError::connect, no_memory));
    }
  }

  // Null: there is no memory, and the order is as it was.
  Lane* put_in_lane(StartTransfer& order) noexcept {
    try {
      Lane& lane = lane_of(origin(order.request.url));
      lane.waiting.push_back(std::move(order));
      return &lane;
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }

  void obey(const CancelTransfer& order) {
    if (const auto running = flights_.find(order.id); running != flights_.end()) {
      leave(*running->second);
      finished_.push_back(running->second->transfer.cancelled());
      land(running);
      return;
    }
    take_back(order.id);
  }

  void obey(const RecallTransfer& order) {
    if (!flights_.contains(order.id)) take_back(order.id);
  }

  void take_back(TransferId id) {
    for (auto& [name, lane] : lanes_) {
      const auto found = std::ranges::find(lane.waiting, id, &StartTransfer::id);
      if (found == lane.waiting.end()) continue;
      lane.waiting.erase(found);
      finished_.push_back(not_sent(id, TransportError::cancelled, "cancelled before it was sent"));
      return;
    }
  }

  // Transfers that run end on the connections they have, and nothing new finds those.
  void obey(const ForgetConnections&) {
    generations_.retire();
    generations_.drop_ended();
  }

  Lane& lane_of(std::string_view origin) {
    const auto found = lanes_.find(origin);
    return found != lanes_.end() ? found->second : lanes_[std::string(origin)];
  }

  void launch_all() {
    for (auto& [name, lane] : lanes_) launch(lane);
  }

  void launch(Lane& lane) {
    while (lane.running < options_.max_connections && !lane.waiting.empty()) {
      if (!has_room()) {
        stalled_ = true;
        return;
      }
      StartTransfer next = std::move(lane.waiting.front());
      lane.waiting.pop_front();
      try {
        take_off(lane, next);
      } catch (const std::bad_alloc&) {
        finished_.push_back(not_sent(next.id, TransportError::connect, no_memory));
      } catch (const std::exception& error) {
        finished_.push_back(not_sent(next.id, TransportError::connect, error.what()));
      }
    }
  }

  // Everything that may throw comes before libcurl has the transfer.
  void take_off(Lane& lane, StartTransfer& next) {
    std::unique_ptr<Flight> fresh = idle_flight();
    fresh->transfer.begin(next.id, std::move(next.request));
    fresh->lane = &lane;
    fresh->generation = &generations_.newest();
    const auto place = flights_.emplace(next.id, std::move(fresh)).first;
    Flight& flight = *place->second;
    if (curl_multi_add_handle(flight.generation->multi.get(), flight.transfer.handle()) !=
        CURLM_OK) {
      flights_.erase(place);
      throw std::bad_alloc();
    }
    ++lane.running;
    ++flight.generation->running;
    launched_ = true;
  }

  std::unique_ptr<Flight> idle_flight() {
    idle_.reserve(static_cast<std::size_t>(options_.max_connections));  // for when it lands
    if (idle_.empty()) return std::make_unique<Flight>(options_, share_.get());
    std::unique_ptr<Flight> flight = std::move(idle_.back());
    idle_.pop_back();
    return flight;
  }

  // What a reply frees is filled again, and goes on its way before the next sleep.
  void progress() {
    launched_ = false;
    for (std::size_t place = 0; place < generations_.count(); ++place) {
      Generation& generation = generations_[place];
      int running = 0;
      curl_multi_perform(generation.multi.get(), &running);
      harvest(generation);
    }
    if (std::exchange(doubtful_, false)) generations_.retire();
    generations_.drop_ended();
  }

  void harvest(const Generation& generation) {
    int left = 0;
    while (has_room()) {
      const CURLMsg* message = curl_multi_info_read(generation.multi.get(), &left);
      if (message == nullptr) return;
      if (message->msg == CURLMSG_DONE) end(message->easy_handle, message->data.result);
    }
  }

  void end(CURL* easy, CURLcode code) {
    Flight* flight = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &flight);
    leave(*flight);
    // A shared connection outlives a transfer that failed on it. One that went silent would
    // silence whatever goes over it next.
    doubtful_ = doubtful_ || (code != CURLE_OK && flight->transfer.may_share());
    finished_.push_back(flight->transfer.finish(code));
    land(flights_.find(flight->transfer.id()));
  }

  static void leave(Flight& flight) {
    curl_multi_remove_handle(flight.generation->multi.get(), flight.transfer.handle());
    --flight.generation->running;
    --flight.lane->running;
  }

  void land(std::unordered_map<TransferId, std::unique_ptr<Flight>>::iterator place) {
    Lane& lane = *place->second->lane;
    if (idle_.size() < static_cast<std::size_t>(options_.max_connections)) {
      idle_.push_back(std::move(place->second));
    }
    flights_.erase(place);
    launch(lane);
  }

  static constexpr std::size_t fewest_answers = 4;
  static constexpr std::string_view no_memory = "there was no memory to send it";

  Mailbox& mailbox_;
  const CurlOptions& options_;
  const bool usable_ = start_libcurl();
  std::unique_ptr<CURLSH, decltype(&curl_share_cleanup)> share_{curl_share_init(),
                                                                &curl_share_cleanup};
  Generations generations_;
  std::map<std::string, Lane, std::less<>> lanes_;
  std::unordered_map<TransferId, std::unique_ptr<Flight>> flights_;
  std::vector<std::unique_ptr<Flight>> idle_;
  std::vector<Finished> finished_;
  bool launched_ = false;
  bool doubtful_ = false;
  bool short_ = false;    // of memory, for something that must be done
  bool stalled_ = false;  // a lane stands still for want of room
};

}  // namespace

void run_curl_loop(Mailbox& mailbox, const CurlOptions& options) {
  CurlLoop(mailbox, options).run();
}

}  // namespace lodge::client
