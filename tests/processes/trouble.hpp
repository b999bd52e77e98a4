#pragma once

#include <cstddef>
#include <string>

#include "client/live_server.hpp"
#include "processes/forked_client.hpp"
#include "support/catch.hpp"

namespace lodge::test {

/// For the process in trouble, when that is over: one form more is filed, without opening anything
/// again, and all are delivered. `accepted`: the forms before it.
inline void go_on(Client& client, std::size_t accepted, const Say& say) {
  file(client, {"f", "after"}, {{"x", 1}});
  client.resume();
  say(client.drain(std::chrono::seconds(20)) ? "drained" : "not drained");
  say(client.verify_history().intact ? "intact" : "broken");
  say("accepted " + std::to_string(accepted + 1));
}

/// That it did: each form that was accepted, and no other, had one effect. Returns how many.
inline std::size_t check_went_on(ForkedClient& program, LiveServer& server) {
  CHECK(program.says("drained"));
  CHECK(program.says("intact"));
  std::size_t accepted = 0;
  for (const std::string& line : program.lines(std::chrono::seconds(20)))
    if (line.starts_with("accepted ")) accepted = std::stoul(line.substr(9));
  CHECK(accepted > 0);
  CHECK(server.effects() == accepted);
  CHECK(server.doubled() == 0);
  return accepted;
}

}  // namespace lodge::test
