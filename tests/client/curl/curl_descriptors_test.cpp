// What a transport does while the process has hardly any file descriptors.

#include <functional>
#include <optional>
#include <string>
#include <system_error>

#include "client/curl/curl_transport.hpp"
#include "client/process/os_support.hpp"
#include "support/catch.hpp"
#include "support/fault_server.hpp"
#include "support/few_descriptors.hpp"
#include "support/transfers.hpp"

namespace lodge::test {
namespace {

Script fine(const SeenRequest&) { return reply_with(200); }

// In a process of its own: the server needs descriptors, too.
std::string wrong_in_child(const std::function<void(Complaints&)>& body) {
  return complaint_of_child([&] {
    Complaints complaints;
    body(complaints);
    return complaints.text();
  });
}

// The request has come to nothing, so the transport has seen the change by then.
void change_network_without_descriptors(Transport& transport, Transfers& transfers,
                                        const std::string& url, Complaints& wrong) {
  const FewDescriptors none(0);
  transport.forget_connections();
  const Reply reply = transfers.exchange(get(url), std::chrono::seconds(5));
  wrong.expect(reply.error == TransportError::connect, "connected without a descriptor");
  wrong.expect(reply.departures == 0, "it left without a connection");
  transport.forget_connections();
}

}  // namespace

TEST_CASE("P15: a network that changes while there are no descriptors does not end delivery",
          "[P15]") {
  FaultServer server(fine);
  CHECK(wrong_in_child([&](Complaints& wrong) {
          client::CurlTransport transport;
          Transfers transfers(transport);
          change_network_without_descriptors(transport, transfers, server.url(), wrong);
          const Reply reply = transfers.exchange(get(server.url()), std::chrono::seconds(5));
          wrong.expect(reply.status == 200, "no answer when there are some: " + reply.detail);
        }) == "");
}

TEST_CASE("P15: a transport sleeps after a change of the network without descriptors", "[P15]") {
  FaultServer server(fine);
  CHECK(wrong_in_child([&](Complaints& wrong) {
          client::CurlTransport transport;
          Transfers transfers(transport);
          change_network_without_descriptors(transport, transfers, server.url(), wrong);
          stay_idle_for(quiet);
          const long before = switches_of_threads("lodge-transport");
          stay_idle_for(quiet);
          wrong.expect(switches_of_threads("lodge-transport") == before, "it wakes up");
        }) == "");
}

TEST_CASE("P15: a transport that begins with few descriptors delivers when there are more",
          "[P15]") {
  FaultServer server(fine);
  const std::size_t free = GENERATE(range(0, 8));
  CHECK(wrong_in_child([&](Complaints& wrong) {
          std::optional<FewDescriptors> few(std::in_place, free);
          std::optional<client::CurlTransport> transport;
          try {
            transport.emplace();
          } catch (const std::system_error&) {
            wrong.expect(free < 2, "it needs more than two");
            return;
          }
          Transfers transfers(*transport);
          transfers.exchange(get(server.url()), std::chrono::seconds(5));
          stay_idle_for(quiet);  // so that it sleeps
          few.reset();
          const Reply reply = transfers.exchange(get(server.url()), std::chrono::seconds(5));
          wrong.expect(reply.status == 200, "no answer: " + reply.detail);
        }) == "");
}

}  // namespace lodge::test
