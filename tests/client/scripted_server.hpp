#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "client/client_case.hpp"
#include "client/live_server.hpp"
#include "support/fault_server.hpp"

namespace lodge::test {

inline const std::string json_type = "Content-Type: application/json\r\n";
inline const std::string created = "ETag: \"1\"\r\n";

inline std::string key_of(const SeenRequest& request) {
  return std::string(header(request.headers, "Idempotency-Key").value_or("none"));
}

/// A server that keeps what it is sent and answers as the test says.
class Scripted {
 public:
  using Answer = std::function<Script(const SeenRequest&, int number)>;

  explicit Scripted(Answer answer)
      : answer_(std::move(answer)),
        server_([this](const SeenRequest& request) { return answer_(request, ++count_); }) {}

  [[nodiscard]] std::string endpoint() const { return server_.url("/v1"); }
  [[nodiscard]] std::vector<SeenRequest> puts() const {
    auto all = server_.requests();
    std::erase_if(all, [](const SeenRequest& request) { return request.method != "PUT"; });
    return all;
  }
  [[nodiscard]] std::vector<SeenRequest> all() const { return server_.requests(); }
  [[nodiscard]] bool wait_for_requests(std::size_t count) const {
    return server_.wait_for_requests(count);
  }

 private:
  Answer answer_;
  std::atomic<int> count_{0};
  FaultServer server_;
};

/// A client whose tries follow each other quickly.
inline Options quick(const TemporaryFolder& folder, const Scripted& server) {
  Options options = live_options(folder, server.endpoint());
  options.retry = {.first = std::chrono::milliseconds(20),
                   .ceiling = std::chrono::milliseconds(50),
                   .floor = std::chrono::milliseconds(1)};
  return options;
}

inline void expect_one_intent(const Scripted& server) {
  const auto puts = server.puts();
  REQUIRE_FALSE(puts.empty());
  for (const SeenRequest& put : puts) {
    CHECK(put.body == puts[0].body);
    CHECK(key_of(put) == key_of(puts[0]));
    CHECK(header(put.headers, "If-None-Match") == header(puts[0].headers, "If-None-Match"));
  }
}

}  // namespace lodge::test
