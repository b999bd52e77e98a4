#include "fuzz/client_use.hpp"

#include <algorithm>
#include <memory>

#include "fuzz/fuzz.hpp"
#include "fuzz/seed_store.hpp"
#include "lodge/client.hpp"
#include "lodge/testing/clock.hpp"
#include "lodge/testing/network.hpp"
#include "lodge/testing/server.hpp"
#include "lodge/testing/transport.hpp"

namespace lodge::fuzz {
namespace {

using std::chrono::hours;

constexpr const char* merged = R"({"monday":1})";
// A client that asks to be stepped at once more often than this in one day is spinning.
constexpr int most_steps_a_day = 5'000;

template <class Call>
void tolerate(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    require(std::string_view(error.what()).size() > 10, "a sentence");
  }
}

/// The machine around the client.
struct World {
  std::string_view answers;
  std::shared_ptr<testing::VirtualClock> clock =
      std::make_shared<testing::VirtualClock>(seed_time + hours(1));
  testing::Server server{};
  std::uint64_t chance = 0;

  Reply answer(const Request& request) {
    const bool known = is_seed_text(request.body) || request.body == merged;
    require(request.method != Method::put || known, "no damaged text is sent");
    const auto status = answers.empty() ? 200 : static_cast<int>(cut_number(answers) % 600);
    if (status == 0) return {.error = TransportError::timeout, .departures = 1};
    if (answers.empty()) return server.handle(request, clock->now());
    return {.departures = 1, .status = std::max(status, 100), .headers = {{"ETag", "\"1\""}}};
  }
};

Options options_for(const std::string& path, World& world) {
  Options options;
  options.store = path;
  options.endpoint = "https://forms.example.org/v1";
  options.identity = "ada";
  options.threads = false;
  options.clock = world.clock;
  options.random = [&world] { return world.chance += 0x9e3779b97f4a7c15ULL; };
  options.network = std::make_shared<testing::ScriptedNetwork>();
  options.transport = std::make_shared<testing::MemoryTransport>(
      [&world](const Request& request) { return world.answer(request); });
  return options;
}

void live_a_day(Client& client, World& world) {
  const Time end = world.clock->now() + hours(24);
  for (int steps = 0;; ++steps) {
    require(steps < most_steps_a_day, "a client does not spin");
    const auto next = client.step();
    if (!next || *next > end) break;
    if (*next > world.clock->now()) world.clock->set(*next);
  }
  world.clock->set(end);
}

void look(Client& client) {
  tolerate([&] { (void)client.status(); });
  tolerate([&] { require(!client.verify_history().sentence.empty(), "a sentence"); });
  tolerate([&] { (void)client.history(); });
  tolerate([&] { (void)client.drafts(); });
  tolerate([&] { (void)client.conflicts(); });
  tolerate([&] {
    for (const Submission& one : client.outbox({.settled_too = true}))
      tolerate([&] { require(!client.explain(one.id).words.empty(), "a reason"); });
  });
  for (std::uint8_t last = 1; last < 9; ++last)
    tolerate([&] { (void)client.content(seed_id(last)); });
}

void act(Client& client) {
  for (const char* key : {"one", "five"}) {
    tolerate([&] {
      Draft draft = client.edit({"availability", key});
      draft.content = nlohmann::json::parse(merged);
      client.save(draft);
      client.submit(draft);
    });
  }
  tolerate([&] { client.resolve(seed_id(2), Resolution::theirs(), std::nullopt); });
  tolerate([&] { client.retry(seed_id(3)); });
  tolerate([&] { (void)client.amend(seed_id(5)); });
  tolerate([&] { client.withdraw_from(seed_id(4), maybe_received::accept); });
  tolerate([&] { client.remove({"availability", "three"}); });
  tolerate([&] { client.resume(); });
}

}  // namespace

void use_client(const std::string& path, std::string_view answers) {
  World world{.answers = answers};
  tolerate([&] {
    Client client(options_for(path, world));
    look(client);
    tolerate([&] { live_a_day(client, world); });
    act(client);
    tolerate([&] { live_a_day(client, world); });
    look(client);
  });
}

}  // namespace lodge::fuzz
