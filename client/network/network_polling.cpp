#include "client/network/network_polling.hpp"

#include <atomic>
#include <utility>
#include <vector>

#include "client/network/change_handler.hpp"

namespace lodge::client {

class PollingNetworkSource::Looker final : public PollTask {
 public:
  Looker(std::chrono::milliseconds interval, Fingerprint fingerprint)
      : interval_(interval), fingerprint_(std::move(fingerprint)), last_(fingerprint_()) {}

  ChangeHandler handler;
  std::atomic<bool> work_waits = false;

  [[nodiscard]] std::vector<int> descriptors() const override { return {}; }

  Next step() override {
    if (!work_waits) return {};
    const auto now = fingerprint_();
    if (std::exchange(last_, now) != now) handler.call();
    return {std::chrono::steady_clock::now() + interval_, true};
  }

 private:
  const std::chrono::milliseconds interval_;
  const Fingerprint fingerprint_;
  std::uint64_t last_;
};

PollingNetworkSource::PollingNetworkSource(std::chrono::milliseconds interval,
                                           Fingerprint fingerprint)
    : looker_(std::make_shared<Looker>(interval, std::move(fingerprint))),
      thread_("lodge-network", looker_) {}

Route PollingNetworkSource::route(const std::string& host, int port) {
  return routes_.route(host, port);
}

void PollingNetworkSource::learned_address(const std::string& host, const std::string& address) {
  routes_.learned_address(host, address);
}

void PollingNetworkSource::on_change(std::function<void()> handler) {
  looker_->handler.set(std::move(handler));
}

void PollingNetworkSource::watch(bool work_waits) {
  if (looker_->work_waits.exchange(work_waits) != work_waits) thread_.poke();
}

}  // namespace lodge::client
