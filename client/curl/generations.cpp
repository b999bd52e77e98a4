#include "client/curl/generations.hpp"

#include <chrono>
#include <new>
#include <utility>

namespace lodge::client {
namespace {

constexpr std::chrono::milliseconds longest_wait = std::chrono::hours(24);
// How late an answer on a connection of before a change of network may be noticed.
constexpr std::chrono::milliseconds retired_poll{20};
constexpr long most_streams = 8;

}  // namespace

Generation& Generations::newest() {
  if (!retired_) return *all_.back();
  auto next = std::make_unique<Generation>();
  CURLM* multi = next->multi.get();
  if (multi == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, most_streams);
  // libcurl's own limit follows what is under way, and would close most at each lull.
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(max_connections_));
  all_.push_back(std::move(next));
  retired_ = false;
  return *all_.back();
}

void Generations::drop_ended() noexcept {
  const Generation* kept = retired_ ? nullptr : all_.back().get();
  std::erase_if(all_, [&](const auto& each) { return each.get() != kept && each->running == 0; });
}

// By our own bell: a multi handle that was made without free descriptors has none (7.88 says
// nothing of it), and whoever sleeps on it cannot be woken by curl_multi_wakeup.
bool Generations::wait(const WakePipe& bell) noexcept {
  if (all_.empty()) {
    bell.wait(longest_wait);
    return true;
  }
  const auto longest = all_.size() > 1 ? retired_poll : longest_wait;
  curl_waitfd rung{bell.readable(), CURL_WAIT_POLLIN, 0};
  const CURLMcode code = curl_multi_poll(all_.back()->multi.get(), &rung, 1,
                                         static_cast<int>(longest.count()), nullptr);
  if (rung.revents != 0) bell.drain();
  return code == CURLM_OK;
}

}  // namespace lodge::client
