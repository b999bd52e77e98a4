#include <atomic>
#include <map>
#include <thread>

#include "client/curl/curl_loop.hpp"
#include "client/curl/curl_transport.hpp"
#include "client/curl/mailbox.hpp"
#include "storage/sqlite/allocation_faults.hpp"
#include "support/catch.hpp"
#include "support/fault_server.hpp"
#include "support/transfers.hpp"

namespace lodge::test {
namespace {

/// A CurlTransport whose thread has memory up to its `nth` allocation only.
class ShortTransport final : public Transport {
 public:
  ShortTransport(std::int64_t nth, bool for_good)
      : mailbox_(room), thread_([this, nth, for_good] { run(nth, for_good); }) {}
  ~ShortTransport() override { end(); }

  void start(TransferId id, Request request) override {
    mailbox_.post(client::StartTransfer{id, std::move(request)});
  }
  void cancel(TransferId id) override { mailbox_.post(client::CancelTransfer{id}); }
  std::vector<Finished> collect() override { return mailbox_.collect(); }
  void on_finished(std::function<void()> notify) override {
    mailbox_.on_finished(std::move(notify));
  }
  void forget_connections() override { mailbox_.post(client::ForgetConnections{}); }

  /// False: it does not end when asked.
  bool end() {
    if (!thread_.joinable()) return true;
    const bool in_time = mailbox_.stop(std::chrono::seconds(20));
    thread_.join();
    return in_time;
  }
  /// Valid after end().
  [[nodiscard]] const std::string& thrown() const { return thrown_; }
  [[nodiscard]] bool struck() const { return struck_; }

 private:
  static constexpr std::size_t room = 100;

  void run(std::int64_t nth, bool for_good) {
    try {
      const AllocationFaults faults(nth, for_good);
      client::run_curl_loop(mailbox_, options_);
    } catch (const std::exception& error) {
      thrown_ = error.what();
    }
    struck_ = AllocationFaults::hits() > 0;
    mailbox_.ended();
  }

  client::CurlOptions options_{.max_connections = 2};
  client::Mailbox mailbox_;
  std::string thrown_{};
  bool struck_ = false;
  std::thread thread_;
};

Script long_reply(const SeenRequest& request) {
  return reply_with(200, "X-Long: " + std::string(100, 'x') + "\r\n", request.body);
}

/// What makes the thread do all that it does: more at a time than may go, one that it refuses, one
/// that cannot be connected, one that is taken back, and a change of the network.
std::size_t start_all(Transport& transport, Transfers& transfers, const std::string& url) {
  for (int i = 0; i < 5; ++i) transfers.start(put(url, std::string(100, 'x')));
  transfers.start(get("ftp://127.0.0.1/not-carried-by-this-transport"));
  transfers.start(get("http://127.0.0.1:1/nobody-listens-there"));
  transport.forget_connections();
  transport.cancel(transfers.start(put(url, "taken back")));
  return 8;
}

/// Whether so many come in time; where there is no memory for them they never do.
bool answers_within(std::chrono::milliseconds time, Transport& transport, std::size_t count) {
  const auto deadline = std::chrono::steady_clock::now() + time;
  while (count > 0 && std::chrono::steady_clock::now() < deadline) {
    count -= transport.collect().size();
    std::this_thread::yield();
  }
  return count == 0;
}

bool is_complete(const Reply& reply) {
  return reply.error == TransportError::none && reply.status == 200 &&
         header(reply.headers, "X-Long").value_or("").size() == 100;
}

TEST_CASE("P11: answers that there is no memory to hand over are handed over later", "[P11]") {
  client::Mailbox mailbox(1);
  std::vector<Finished> batch(1);
  REQUIRE(mailbox.deliver(batch));
  batch.resize(2);
  batch.front().reply.body = "kept";
  bool delivered = true;
  {
    const AllocationFaults none(1, true);
    delivered = mailbox.deliver(batch);
  }
  CHECK_FALSE(delivered);
  REQUIRE(batch.size() == 2);
  CHECK(mailbox.deliver(batch));
  CHECK(batch.empty());
  const auto all = mailbox.collect();
  REQUIRE(all.size() == 3);
  CHECK(all[1].reply.body == "kept");
}

TEST_CASE("P11: as many commands as there is room for are posted without memory, again and again",
          "[P11]") {
  client::Mailbox mailbox(3);
  for (int round = 0; round < 3; ++round) {
    {
      const AllocationFaults none(1, true);
      for (TransferId id = 1; id <= 3; ++id) mailbox.post(client::StartTransfer{id, {}});
    }
    auto* commands = mailbox.take();
    REQUIRE(commands != nullptr);
    CHECK(commands->size() == 3);
    commands->clear();
  }
}

TEST_CASE(
    "P11: no memory at any allocation of the transport's thread: each request is answered "
    "once, and it goes on",
    "[P11]") {
  FaultServer server(long_reply);
  bool struck = true;
  for (std::int64_t nth = 1; struck; ++nth) {
    INFO("no memory at allocation " << nth);
    ShortTransport transport(nth, false);
    Transfers transfers(transport);
    const std::size_t count = start_all(transport, transfers, server.url());
    std::map<TransferId, int> answers;
    for (const Finished& each : transfers.wait(count)) {
      ++answers[each.id];
      const Reply& reply = each.reply;
      if (reply.departures == 0) CHECK(reply.error != TransportError::none);
      if (reply.error == TransportError::none) CHECK(is_complete(reply));
    }
    CHECK(answers.size() == count);
    // Memory may be wanting for the first of them.
    const Reply next = transfers.exchange(put(server.url(), "next"));
    const Reply last = transfers.exchange(put(server.url(), "last"));
    CHECK((is_complete(next) || is_complete(last)));
    CHECK(transport.collect().empty());
    CHECK(transport.end());
    CHECK(transport.thrown() == "");
    struck = transport.struck();
    REQUIRE(nth < 2'000);
  }
}

TEST_CASE("P11: a transport's thread that gets no memory any more throws nothing, and ends",
          "[P11]") {
  FaultServer server(long_reply);
  bool unharmed = false;
  for (std::int64_t nth = 1; !unharmed; nth += 2) {
    INFO("no memory from allocation " << nth);
    ShortTransport transport(nth, true);
    Transfers transfers(transport);
    const std::size_t count = start_all(transport, transfers, server.url());
    const bool answered = answers_within(std::chrono::milliseconds(50), transport, count);
    CHECK(transport.end());
    CHECK(transport.thrown() == "");
    unharmed = answered && !transport.struck();
    REQUIRE(nth < 2'000);
  }
}

}  // namespace
}  // namespace lodge::test
