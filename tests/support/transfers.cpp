#include "support/transfers.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace lodge::test {

Transfers::Transfers(Transport& transport) : transport_(transport) {
  transport_.on_finished([this] {
    const std::scoped_lock lock(mutex_);
    ++notified_;
    changed_.notify_all();
  });
}

Transfers::~Transfers() { transport_.on_finished(nullptr); }

Reply Transfers::exchange(Request request, std::chrono::seconds longest) {
  const TransferId id = start(std::move(request));
  std::vector<Finished> ended = wait(1, longest);
  const auto ours = std::ranges::find(ended, id, &Finished::id);
  if (ours == ended.end()) return {.error = TransportError::timeout, .departures = -1};
  return std::move(ours->reply);
}

TransferId Transfers::start(Request request) {
  transport_.start(++last_id_, std::move(request));
  return last_id_;
}

std::vector<Finished> Transfers::wait(std::size_t count, std::chrono::seconds longest) {
  const auto deadline = std::chrono::steady_clock::now() + longest;
  while (true) {
    std::ranges::move(transport_.collect(), std::back_inserter(arrived_));
    if (arrived_.size() >= count) break;
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, deadline, [&] { return notified_ > seen_; })) break;
    seen_ = notified_;
  }
  return std::exchange(arrived_, {});
}

int Transfers::notified() const {
  const std::scoped_lock lock(mutex_);
  return notified_;
}

Request get(std::string url) { return {.method = Method::get, .url = std::move(url)}; }

Request put(std::string url, std::string body) {
  return {.method = Method::put, .url = std::move(url), .body = std::move(body)};
}

}  // namespace lodge::test
