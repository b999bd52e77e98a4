#include "lodge/testing/transport.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace lodge::testing {
namespace {

bool names_loopback(std::string_view url) {
  if (const auto at = url.find("//"); at != url.npos) url.remove_prefix(at + 2);
  return url.starts_with("127.") || url.starts_with("localhost") || url.starts_with("[::1]");
}

// What a server's function leaves open, as a real transport fills it in.
void complete(Reply& reply, const Request& request) {
  if (reply.error != TransportError::none) return;
  reply.departures = std::max(reply.departures, 1);
  reply.verified = request.url.starts_with("https:");
  reply.loopback = reply.loopback || names_loopback(request.url);
  if (reply.body.size() <= request.reply_limit) return;
  reply.body.resize(request.reply_limit);
  reply.error = TransportError::too_large;
}

}  // namespace

void MemoryTransport::start(TransferId id, Request request) {
  Finished finished{.id = id, .reply = server_(request)};
  complete(finished.reply, request);
  {
    const std::scoped_lock lock(mutex_);
    if (holding_) {
      held_.push_back(std::move(finished));
      return;
    }
  }
  finish({std::move(finished)});
}

void MemoryTransport::cancel(TransferId id) {
  std::vector<Finished> lost = take_held(id);
  for (Finished& each : lost) {
    each.reply = Reply{.error = TransportError::cancelled, .departures = each.reply.departures};
  }
  finish(std::move(lost));
}

std::vector<Finished> MemoryTransport::collect() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(finished_, {});
}

void MemoryTransport::on_finished(std::function<void()> notify) {
  const std::scoped_lock lock(mutex_);
  notify_ = std::move(notify);
}

void MemoryTransport::forget_connections() {
  const std::scoped_lock lock(mutex_);
  ++forgotten_;
}

void MemoryTransport::hold() {
  const std::scoped_lock lock(mutex_);
  holding_ = true;
}

bool MemoryTransport::release(TransferId id) {
  std::vector<Finished> batch = take_held(id);
  const bool found = !batch.empty();
  finish(std::move(batch));
  return found;
}

void MemoryTransport::release_all() {
  std::vector<Finished> batch;
  {
    const std::scoped_lock lock(mutex_);
    holding_ = false;
    batch.swap(held_);
  }
  finish(std::move(batch));
}

std::vector<TransferId> MemoryTransport::held() const {
  const std::scoped_lock lock(mutex_);
  std::vector<TransferId> ids;
  std::ranges::transform(held_, std::back_inserter(ids), &Finished::id);
  return ids;
}

int MemoryTransport::forgotten() const {
  const std::scoped_lock lock(mutex_);
  return forgotten_;
}

void MemoryTransport::finish(std::vector<Finished> batch) {
  if (batch.empty()) return;
  std::function<void()> notify;
  {
    const std::scoped_lock lock(mutex_);
    if (finished_.empty()) notify = notify_;
    std::ranges::move(batch, std::back_inserter(finished_));
  }
  if (notify) notify();
}

std::vector<Finished> MemoryTransport::take_held(TransferId id) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::find(held_, id, &Finished::id);
  if (found == held_.end()) return {};
  std::vector<Finished> taken;
  taken.push_back(std::move(*found));
  held_.erase(found);
  return taken;
}

}  // namespace lodge::testing
