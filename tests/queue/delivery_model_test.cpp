#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <variant>

#include "queue/request/compose.hpp"
#include "support/catch.hpp"
#include "support/delivery_cases.hpp"

// All decisions together against a small server that honours preconditions, loses what can be lost
// and is edited by somebody else meanwhile: no store, no clock, no network.
namespace {

using namespace lodge;
using namespace lodge::test;
using nlohmann::json;
using queue::Texts;
using storage::Due;

struct Chance {
  std::mt19937_64 engine;
  bool one_in(unsigned n) { return engine() % n == 0; }
};

// A record on a server that knows nothing of keys. Our form sets the member "ours", the other
// editor "other".
struct Server {
  std::optional<json> document{};
  int version = 0;
  int effects = 0;  ///< times that our write changed something
  bool tags = true;

  [[nodiscard]] std::string tag() const { return '"' + std::to_string(version) + '"'; }

  void edit() {
    if (!document) document = json::object();
    (*document)["other"] = ++version;
  }

  [[nodiscard]] bool precondition_holds(const Request& request) const {
    if (const auto match = header(request.headers, "If-Match")) return document && *match == tag();
    return !header(request.headers, "If-None-Match") || !document;
  }

  Reply answer(const Request& request) {
    if (request.method == Method::get) {
      return document ? a_document(document->dump(), tag()) : a_reply(404);
    }
    if (request.method == Method::del && !document) return a_reply(404);
    if (!precondition_holds(request)) return a_reply(412);
    ++effects;
    ++version;
    const bool puts = request.method == Method::put;
    document = puts ? std::optional<json>(json::parse(request.body)) : std::nullopt;
    if (!puts) return a_reply(204);
    return tags ? a_reply(201, "", {{"ETag", tag()}}) : a_reply(201);
  }
};

// What lies between: loses requests and replies, and answers in the server's place.
Reply through(Server& server, const Request& request, Chance& chance, bool faults) {
  if (faults && chance.one_in(8)) return unverified(a_page(200));
  if (faults && chance.one_in(8)) return a_reply(503);
  if (faults && chance.one_in(8)) return a_reply(500);
  Reply lost;
  lost.error = TransportError::timeout;
  if (faults && chance.one_in(8)) return lost;
  lost.departures = 1;
  if (faults && chance.one_in(6)) return lost;
  const Reply reply = server.answer(request);
  if (faults && chance.one_in(4)) server.edit();
  if (faults && chance.one_in(3)) return lost;
  if (faults && chance.one_in(12)) return a_reply(500);
  return reply;
}

struct Run {
  Server server{};
  Scene scene{};
  Due due{};
  Texts texts{};
  std::map<std::string, std::string> bytes_of_key{};
  int steps = 0;

  void open(const storage::NewRequest& request) {
    storage::Settled as_opened;
    as_opened.state = due.submission.state;
    as_opened.request = request;
    as_opened.tries = due.submission.tries;
    due = next_due(due, as_opened);
    texts.sent = request.merged_body;
  }

  void learn(const storage::Settled& row) {
    if (row.request) texts.sent = row.request->merged_body;
    if (row.record && row.record->text == storage::RecordLearned::Text::given) {
      texts.server = row.record->bytes;
    }
    due = next_due(due, row);
  }

  void send(Chance& chance, bool faults) {
    const Request request = queue::wire_request(
        due, *due.request, texts.sent.value_or(texts.ours.value_or("")), scene.profile);
    const std::string key(*header(request.headers, "Idempotency-Key"));
    const std::string bytes =
        request.url + request.body + std::string(header(request.headers, "If-Match").value_or("*"));
    REQUIRE(bytes_of_key.try_emplace(key, bytes).first->second == bytes);
    learn(scene.send(due, through(server, request, chance, faults)).settled);
  }

  void step(Chance& chance, bool faults) {
    ++steps;
    RequestKey fresh;
    fresh.bytes[0] = 1;
    fresh.bytes[14] = static_cast<std::uint8_t>(steps >> 8);
    fresh.bytes[15] = static_cast<std::uint8_t>(steps);
    const auto composed = queue::compose(due, texts, scene.profile, fresh);
    if (std::holds_alternative<queue::Check>(composed)) {
      const Request request = queue::check_request(due, scene.profile);
      const Reply reply = through(server, request, chance, faults);
      const auto meaning = queue::classify_check(request, reply, scene.profile, scene.now);
      auto circumstances = scene.circumstances();
      circumstances.fresh = fresh;
      learn(scene.apply(queue::settle_check(due, 1, texts, meaning, reply, circumstances)).settled);
    } else {
      if (const auto* opened = std::get_if<queue::Open>(&composed)) open(opened->request);
      send(chance, faults);
    }
    scene.now += 20min;
    scene.chance = static_cast<double>(chance.engine() % 1000) / 1000;
  }
};

enum class Kind { create, update, remove };

Run begin(Kind kind) {
  Run run;
  if (kind == Kind::create) {
    run.due = a_due(Operation::put);
    run.texts.ours = R"({"ours":1})";
    return run;
  }
  run.server.document = json{{"kept", 1}};
  run.server.version = 1;
  run.due = kind == Kind::update ? an_update("\"1\"") : a_removal("\"1\"");
  run.due.request.reset();
  run.texts.base = run.texts.server = R"({"kept":1})";
  if (kind == Kind::update) run.texts.ours = R"({"kept":1,"ours":1})";
  return run;
}

}  // namespace

TEST_CASE("N1 N23: whatever is lost, and though no key is remembered, one form takes effect once",
          "[N1][N23]") {
  std::map<State, int> ends;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    for (const Kind kind : {Kind::create, Kind::update, Kind::remove}) {
      for (const bool tags : {true, false}) {
        CAPTURE(seed, static_cast<int>(kind), tags);
        Chance chance{std::mt19937_64(seed)};
        Run run = begin(kind);
        run.server.tags = tags;
        const auto stopped = [&] {
          return is_final(run.due.submission.state) ||
                 run.due.submission.state == State::conflicted ||
                 run.due.submission.state == State::rejected;
        };
        for (int i = 0; i < 40 && !stopped(); ++i) run.step(chance, true);
        for (int i = 0; i < 20 && !stopped(); ++i) run.step(chance, false);
        const State end = run.due.submission.state;
        ++ends[end];
        REQUIRE(stopped());
        REQUIRE(end != State::rejected);
        CHECK(run.server.effects <= 1);
        if (kind == Kind::remove) continue;
        REQUIRE(end == State::delivered);
        CHECK(run.server.effects == 1);
        REQUIRE(run.server.document);
        CHECK(run.server.document->value("ours", 0) == 1);
        if (kind == Kind::update) CHECK(run.server.document->value("kept", 0) == 1);
      }
    }
  }
  CHECK(ends[State::delivered] > 600);
}
