#include "client/curl/request_check.hpp"
#include "fuzz/fuzz.hpp"
#include "lodge/id.hpp"
#include "queue/answer/settle.hpp"
#include "queue/http/url.hpp"
#include "queue/http/utf8.hpp"
#include "support/delivery_cases.hpp"

// Input: a line of numbers (status, error, departures, flags, precondition, problem status, tries),
// header lines, an empty line, the body.
namespace {

using namespace lodge;
using namespace lodge::fuzz;
using test::noon;

constexpr Duration longest = std::chrono::hours(1);

struct Drawn {
  storage::Due due{};
  Reply reply{};
  queue::Texts texts{};
};

storage::Due due_of(std::uint64_t kind) {
  if (kind % 3 == 0) return test::a_create();
  return kind % 3 == 1 ? test::an_update() : test::a_removal();
}

Drawn draw(std::string_view input) {
  Drawn drawn;
  std::string_view line = cut(input, "\n");
  drawn.reply.status = static_cast<int>(cut_number(line) % 1200);
  drawn.reply.error = static_cast<TransportError>(cut_number(line) % 12);
  drawn.reply.departures = static_cast<int>(cut_number(line) % 3);
  const std::uint64_t flags = cut_number(line);
  drawn.reply.verified = (flags & 1) != 0;
  drawn.reply.loopback = (flags & 2) != 0;
  drawn.due = due_of(cut_number(line));
  drawn.due.in_doubt = (flags & 4) != 0;
  drawn.due.accepted = (flags & 8) != 0;
  drawn.due.submission.problem_status = static_cast<int>(cut_number(line) % 600);
  drawn.due.submission.tries = static_cast<int>(cut_number(line) % 100);
  drawn.reply.headers = cut_headers(input);
  drawn.reply.body = input;
  drawn.texts.base = R"({"kept":1})";
  if (drawn.due.submission.operation == Operation::put) drawn.texts.ours = R"({"kept":1,"a":2})";
  return drawn;
}

void judge_meaning(const queue::Meaning& meaning, const Reply& reply, const Request& request) {
  const bool trusted = reply.verified || reply.loopback;
  if (meaning.wait)
    require(*meaning.wait >= Duration::zero() && *meaning.wait <= longest, "Retry-After");
  require(queue::valid_utf8(meaning.problem) && is_one_line(meaning.problem),
          "the problem is one line");
  if (meaning.version) {
    require(meaning.version->tag.size() <= 1024, "a tag");
    Request next = request;
    next.headers = {{"If-Match", meaning.version->tag}};
    require(!client::refusal(next), "the transport takes it");
  }
  if (meaning.outcome == queue::Outcome::follow) {
    require(queue::same_origin(request.url, meaning.location), "only inside the origin");
    require(!client::refusal(Request{.url = meaning.location}), "the transport takes it");
  }
  if (meaning.outcome == queue::Outcome::reject) require(trusted, "only the server rejects");
}

void judge_settled(const storage::Settled& settled, const storage::Due& due) {
  require(settled.due_at <= noon + longest, "nobody waits for more than an hour");
  require(settled.state != State::sending && settled.state != State::replaced,
          "a state of answers");
  if (due.in_doubt)
    require(settled.state != State::rejected || settled.outcome != "reject",
            "what may have arrived is looked for first");
  if (settled.state == State::delivered) require(!settled.evidence.empty(), "proof has a name");
  if (settled.state == State::conflicted) require(settled.conflict.has_value(), "three texts");
  if (settled.request)
    require(settled.request->key != due.request->key, "a new request, a new key");
}

void judge_gates(const std::vector<storage::GateChange>& changes) {
  for (const storage::GateChange& change : changes) {
    if (change.open) continue;
    require(change.gate.until && *change.gate.until <= noon + longest, "every gate has an end");
  }
}

void judge(const queue::Settlement& settlement, const Drawn& drawn) {
  judge_settled(settlement.settled, drawn.due);
  judge_gates(settlement.gates);
}

void send(const Drawn& drawn, test::Scene& scene) {
  const bool puts = drawn.due.submission.operation == Operation::put;
  const Request request = puts ? test::a_put() : test::a_delete();
  const auto meaning = queue::classify(request, drawn.due.request->precondition, drawn.reply,
                                       drawn.due.in_doubt, scene.profile, noon);
  judge_meaning(meaning, drawn.reply, request);
  if (meaning.outcome == queue::Outcome::done) {
    require(drawn.reply.error == TransportError::none && meaning.from_server, "proof");
    require(!puts || meaning.version.has_value(), "a put is proven by its version");
  }
  judge(queue::settle_send(drawn.due, 1, meaning, scene.circumstances()), drawn);
}

void check(const Drawn& drawn, test::Scene& scene) {
  const auto meaning = queue::classify_check(test::a_get(), drawn.reply, scene.profile, noon);
  judge_meaning(meaning, drawn.reply, test::a_get());
  const auto settlement =
      queue::settle_check(drawn.due, 1, drawn.texts, meaning, drawn.reply, scene.circumstances());
  judge(settlement, drawn);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Drawn drawn = draw(as_text(data, size));
  test::Scene scene;
  scene.profile.retry.ceiling = std::chrono::minutes(15);
  send(drawn, scene);
  check(drawn, scene);
  return 0;
}
