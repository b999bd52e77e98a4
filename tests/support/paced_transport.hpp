#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "lodge/transport.hpp"

namespace lodge::test {

/// A Transport without a network that has a few places on the wire and keeps what is handed over
/// beyond those, as the real one does. `server` answers when the test lets it. One thread.
class PacedTransport : public Transport {
 public:
  using Server = std::function<Reply(const Request&)>;

  PacedTransport(int places, int ahead, Server server)
      : places_(places), ahead_(ahead), server_(std::move(server)) {}

  void start(TransferId id, Request request) override {
    kept_.push_back({id, std::move(request)});
    begin();
  }
  void cancel(TransferId id) override { recall(id); }
  [[nodiscard]] int room_ahead() const override { return ahead_; }
  void recall(TransferId id) override {
    const auto found = std::ranges::find(kept_, id, &Kept::id);
    if (found == kept_.end()) return;
    kept_.erase(found);
    ++recalled;
    finish({.id = id, .reply = {.error = TransportError::cancelled}});
  }
  std::vector<Finished> collect() override { return std::exchange(finished_, {}); }
  void on_finished(std::function<void()> notify) override { notify_ = std::move(notify); }
  void forget_connections() override {}

  /// The oldest on the wire are answered, and others begin.
  void answer(int count) {
    for (; count > 0 && !wire_.empty(); --count) {
      const Kept one = std::move(wire_.front());
      wire_.pop_front();
      Reply reply = server_(one.request);
      reply.departures = 1;
      reply.loopback = true;
      begin();
      finish({.id = one.id, .reply = std::move(reply)});
    }
  }
  [[nodiscard]] std::size_t on_wire() const { return wire_.size(); }
  [[nodiscard]] std::size_t kept() const { return kept_.size(); }

  int begun = 0;     ///< on the wire, ever
  int recalled = 0;  ///< and never begun

 private:
  struct Kept {
    TransferId id = 0;
    Request request{};
  };
  void begin() {
    while (!kept_.empty() && static_cast<int>(wire_.size()) < places_) {
      wire_.push_back(std::move(kept_.front()));
      kept_.pop_front();
      ++begun;
    }
  }
  void finish(Finished finished) {
    finished_.push_back(std::move(finished));
    if (notify_) notify_();
  }

  int places_;
  int ahead_;
  Server server_;
  std::deque<Kept> wire_{};
  std::deque<Kept> kept_{};
  std::vector<Finished> finished_{};
  std::function<void()> notify_{};
};

}  // namespace lodge::test
