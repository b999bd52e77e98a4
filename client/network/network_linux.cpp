#ifdef __linux__

#include "client/network/network_linux.hpp"

#include <utility>
#include <vector>

#include "client/network/change_handler.hpp"
#include "client/network/clock_watch.hpp"
#include "client/network/netlink_socket.hpp"

namespace lodge::client {

class LinuxNetworkSource::Listener final : public PollTask {
 public:
  explicit Listener(SettleTimes times) : merger_(times) {}

  ChangeHandler handler;

  [[nodiscard]] std::vector<int> descriptors() const override {
    std::vector<int> both{socket_.fd()};
    if (clock_.fd() >= 0) both.push_back(clock_.fd());
    return both;
  }

  Next step() override {
    const bool network = socket_.changed();
    const bool clock = clock_.jumped();
    const auto now = std::chrono::steady_clock::now();
    if (network || clock) merger_.note(now);
    if (merger_.take(now)) handler.call();
    return {merger_.due(), true};
  }

 private:
  NetlinkSocket socket_;
  ClockWatch clock_;
  ChangeMerger merger_;
};

LinuxNetworkSource::LinuxNetworkSource(SettleTimes times)
    : listener_(std::make_shared<Listener>(times)), thread_("lodge-network", listener_) {}

Route LinuxNetworkSource::route(const std::string& host, int port) {
  return routes_.route(host, port);
}

void LinuxNetworkSource::learned_address(const std::string& host, const std::string& address) {
  routes_.learned_address(host, address);
}

void LinuxNetworkSource::on_change(std::function<void()> handler) {
  listener_->handler.set(std::move(handler));
}

}  // namespace lodge::client

#endif
