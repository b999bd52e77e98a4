#include "transport_subject.hpp"

#include <atomic>
#include <future>
#include <optional>
#include <utility>

#include "client/curl/curl_transport.hpp"
#include "support/failing_transport.hpp"
#include "support/fault_server.hpp"
#include "support/memory_transport.hpp"

namespace lodge::test {
namespace {

Reply echo(const Request& request) {
  Reply reply{.status = 200, .body = request.body};
  reply.headers.push_back({"X-Method", std::string(name(request.method))});
  reply.headers.push_back({"X-Echo", std::string(header(request.headers, "X-Echo").value_or(""))});
  return reply;
}

class CurlSubject : public TransportSubject {
 public:
  ~CurlSubject() override { resume(); }
  Transport& transport() override { return *transport_; }
  void destroy() override { transport_.reset(); }
  std::string url() const override { return server_.url("/records/1"); }
  void stall() override { stalled_ = true; }
  void resume() override {
    if (std::exchange(resumed_, true)) return;
    gate_.set_value();
  }

 private:
  Script answer(const SeenRequest& request) {
    const std::string echoed(header(request.headers, "X-Echo").value_or(""));
    Script script = reply_with(
        200, "X-Method: " + request.method + "\r\nX-Echo: " + echoed + "\r\n", request.body);
    if (stalled_) script.insert(script.begin(), HoldUntil{open_});
    return script;
  }

  std::atomic<bool> stalled_ = false;
  bool resumed_ = false;
  std::promise<void> gate_;
  std::shared_future<void> open_ = gate_.get_future().share();
  FaultServer server_{[this](const SeenRequest& request) { return answer(request); }};
  std::unique_ptr<Transport> transport_ = std::make_unique<client::CurlTransport>();
};

template <typename Kind>
class InMemorySubject : public TransportSubject {
 public:
  Transport& transport() override { return *transport_; }
  void destroy() override { transport_.reset(); }
  std::string url() const override { return "http://127.0.0.1/records/1"; }
  void stall() override { transport_->hold(); }
  void resume() override {
    if (transport_) transport_->release_all();
  }

 private:
  std::unique_ptr<Kind> transport_ = std::make_unique<Kind>(&echo);
};

}  // namespace

std::unique_ptr<TransportSubject> curl_subject() { return std::make_unique<CurlSubject>(); }

std::unique_ptr<TransportSubject> memory_subject() {
  return std::make_unique<InMemorySubject<MemoryTransport>>();
}

std::unique_ptr<TransportSubject> failing_subject() {
  return std::make_unique<InMemorySubject<FailingTransport>>();
}

}  // namespace lodge::test
