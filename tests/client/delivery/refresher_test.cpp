#include <future>

#include "client/client_case.hpp"
#include "client/live_server.hpp"
#include "support/fault_server.hpp"

namespace lodge {
namespace {

using test::ada;

TEST_CASE("P7: who waits for a read that is under way is told when the client closes", "[P7]") {
  test::FaultServer server([](const test::SeenRequest&) { return test::Script{test::Hang{}}; });
  test::TemporaryFolder folder;
  auto client = std::make_unique<Client>(test::live_options(folder, server.url("/v1")));
  client->flush();
  auto code = std::async(std::launch::async, [raw = client.get()] {
    return test::code_of([&] { raw->refresh(ada, std::chrono::minutes(5)); });
  });
  REQUIRE(server.wait_for_requests(1));
  client.reset();
  CHECK(code.get() == "io");
}

}  // namespace
}  // namespace lodge
