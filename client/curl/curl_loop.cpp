#include "client/curl/curl_loop.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "client/curl/curl_transfer.hpp"
#include "client/curl/curl_transport.hpp"
#include "client/curl/mailbox.hpp"
#include "client/curl/request_check.hpp"

namespace lodge::client {
namespace {

constexpr int day_ms = 24 * 60 * 60 * 1000;
// How late an answer on a connection of before a change of network may be noticed.
constexpr int retired_poll_ms = 20;
constexpr long most_streams = 8;

Finished not_sent(TransferId id, TransportError error, std::string detail) {
  Finished finished{.id = id};
  finished.reply.error = error;
  finished.reply.detail = std::move(detail);
  return finished;
}

bool start_libcurl() {
  static std::once_flag once;
  static CURLcode code = CURLE_FAILED_INIT;
  std::call_once(once, [] { code = curl_global_init(CURL_GLOBAL_DEFAULT); });
  return code == CURLE_OK;
}

// The connections opened since the network last changed.
struct Generation {
  std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi{curl_multi_init(),
                                                              &curl_multi_cleanup};
  int running = 0;
};

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

class CurlLoop {
 public:
  CurlLoop(Mailbox& mailbox, const CurlOptions& options) : mailbox_(mailbox), options_(options) {
    curl_share_setopt(share_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    open_generation();
  }

  ~CurlLoop() {
    for (const auto& [id, flight] : flights_) leave(*flight);
    mailbox_.wake_with([] {});
  }

  void run() {
    std::vector<Command> commands;
    while (mailbox_.take(commands)) {
      for (Command& command : commands) {
        std::visit([this](auto& order) { obey(order); }, command);
      }
      progress();
      // At once, whatever else goes on: whoever records answers works while others are fetched.
      mailbox_.deliver(finished_);
      if (!launched_ && mailbox_.may_sleep()) sleep();
    }
  }

 private:
  void obey(StartTransfer& order) {
    if (!usable_) {
      finished_.push_back(
          not_sent(order.id, TransportError::connect, "libcurl could not be initialised"));
      return;
    }
    if (const auto reason = refusal(order.request)) {
      finished_.push_back(not_sent(order.id, TransportError::refused, std::string(*reason)));
      return;
    }
    Lane& lane = lane_of(origin(order.request.url));
    lane.waiting.push_back(std::move(order));
    launch(lane);
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
    open_generation();
    drop_ended_generations();
  }

  Lane& lane_of(std::string_view origin) {
    const auto found = lanes_.find(origin);
    return found != lanes_.end() ? found->second : lanes_[std::string(origin)];
  }

  void open_generation() {
    auto next = std::make_unique<Generation>();
    CURLM* multi = next->multi.get();
    if (multi == nullptr) throw std::bad_alloc();
    curl_multi_setopt(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, most_streams);
    // libcurl's own limit follows what is under way, and would close most at each lull.
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.max_connections));
    generations_.push_back(std::move(next));
    mailbox_.wake_with([multi] { curl_multi_wakeup(multi); });
  }

  void drop_ended_generations() {
    const auto newest = generations_.back().get();
    std::erase_if(generations_,
                  [&](const auto& each) { return each.get() != newest && each->running == 0; });
  }

  void launch(Lane& lane) {
    while (lane.running < options_.max_connections && !lane.waiting.empty()) {
      StartTransfer next = std::move(lane.waiting.front());
      lane.waiting.pop_front();
      const TransferId id = next.id;
      try {
        take_off(lane, std::move(next));
      } catch (const std::exception& error) {
        finished_.push_back(not_sent(id, TransportError::connect, error.what()));
      }
    }
  }

  void take_off(Lane& lane, StartTransfer next) {
    std::unique_ptr<Flight> flight = idle_flight();
    flight->transfer.begin(next.id, std::move(next.request));
    Generation& generation = *generations_.back();
    if (curl_multi_add_handle(generation.multi.get(), flight->transfer.handle()) != CURLM_OK) {
      throw std::bad_alloc();
    }
    flight->lane = &lane;
    flight->generation = &generation;
    ++lane.running;
    ++generation.running;
    launched_ = true;
    flights_.emplace(next.id, std::move(flight));
  }

  std::unique_ptr<Flight> idle_flight() {
    if (idle_.empty()) return std::make_unique<Flight>(options_, share_.get());
    std::unique_ptr<Flight> flight = std::move(idle_.back());
    idle_.pop_back();
    return flight;
  }

  // What a reply frees is filled again, and goes on its way before the next sleep.
  void progress() {
    launched_ = false;
    for (const auto& generation : generations_) {
      int running = 0;
      curl_multi_perform(generation->multi.get(), &running);
      harvest(*generation);
    }
    if (std::exchange(doubtful_, false)) open_generation();
    if (generations_.size() > 1) drop_ended_generations();
  }

  void harvest(const Generation& generation) {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(generation.multi.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      Flight* flight = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &flight);
      leave(*flight);
      // A shared connection outlives a transfer that failed on it. One that went silent would
      // silence whatever goes over it next.
      doubtful_ = doubtful_ || (code != CURLE_OK && flight->transfer.may_share());
      finished_.push_back(flight->transfer.finish(code));
      land(flights_.find(flight->transfer.id()));
    }
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

  void sleep() {
    const int longest = generations_.size() > 1 ? retired_poll_ms : day_ms;
    curl_multi_poll(generations_.back()->multi.get(), nullptr, 0, longest, nullptr);
  }

  Mailbox& mailbox_;
  const CurlOptions& options_;
  const bool usable_ = start_libcurl();
  std::unique_ptr<CURLSH, decltype(&curl_share_cleanup)> share_{curl_share_init(),
                                                                &curl_share_cleanup};
  std::vector<std::unique_ptr<Generation>> generations_;
  std::map<std::string, Lane, std::less<>> lanes_;
  std::unordered_map<TransferId, std::unique_ptr<Flight>> flights_;
  std::vector<std::unique_ptr<Flight>> idle_;
  std::vector<Finished> finished_;
  bool launched_ = false;
  bool doubtful_ = false;
};

}  // namespace

void run_curl_loop(Mailbox& mailbox, const CurlOptions& options) {
  CurlLoop(mailbox, options).run();
}

}  // namespace lodge::client
