// Opening a client in a process that has hardly any file descriptors.

#include <optional>
#include <string>
#include <typeinfo>

#include "client/live_server.hpp"
#include "client/process/os_support.hpp"
#include "support/catch.hpp"
#include "support/few_descriptors.hpp"

namespace lodge {
namespace {

using test::Complaints;
using test::FewDescriptors;
using test::LiveServer;
using test::TemporaryFolder;

// Null: it was refused with good advice.
std::unique_ptr<Client> opened(const Options& options, Complaints& wrong) {
  try {
    return std::make_unique<Client>(options);
  } catch (const Error& error) {
    const std::string sentence = error.what();
    wrong.expect(error.code() == Errc::io && sentence.find("ulimit -n") != std::string::npos,
                 "no good advice: " + sentence);
  } catch (const std::exception& error) {
    wrong.expect(false, std::string(typeid(error).name()) + ": " + error.what());
  }
  return nullptr;
}

// Whether it could be opened with so many.
bool opens_with(std::size_t free, const Options& options, Complaints& wrong) {
  std::optional<FewDescriptors> few(std::in_place, free);
  const auto client = opened(options, wrong);
  if (!client) return false;
  client->flush(std::chrono::seconds(1));
  few.reset();
  test::file(*client, {"f", std::to_string(free)}, {{"x", 1}});
  wrong.expect(client->drain(std::chrono::seconds(10)), "it does not deliver");
  return true;
}

TEST_CASE("P15: with few descriptors a client opens and delivers, or says what to do", "[P15]") {
  LiveServer server;
  const TemporaryFolder folder;
  const Options options = test::live_options(folder, server.endpoint());
  bool refused = false;
  bool open = false;
  for (std::size_t free = 0; !open || free < 26; ++free) {
    INFO(free << " free descriptors");
    const auto said = test::complaint_of_child([&] {
      Complaints wrong;
      const bool opens = opens_with(free, options, wrong);
      return wrong.text() + (opens ? "opens" : "refused");
    });
    CHECK((said == "opens" || said == "refused"));
    INFO(said);
    refused = refused || said == "refused";
    open = open || said == "opens";
    REQUIRE(free < 100);
  }
  CHECK(refused);
}

}  // namespace
}  // namespace lodge
