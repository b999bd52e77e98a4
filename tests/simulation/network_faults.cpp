#include <algorithm>
#include <array>
#include <utility>

#include "simulation/network.hpp"

namespace lodge::test {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr int forgetful = 10;  // percent of the answers lost after an effect
constexpr Duration shortest_patience = seconds(15);

Reply problem(int status, std::string words) {
  return {.departures = 1,
          .status = status,
          .headers = {{"Content-Type", "application/problem+json"}},
          .body = R"({"title":")" + std::move(words) + R"("})"};
}

Reply page(int status) {
  return {.departures = 1,
          .status = status,
          .headers = {{"Content-Type", "text/html; charset=utf-8"}},
          .body = "<html><body>Welcome to the hotel. Please sign in.</body></html>"};
}

}  // namespace

void Network::lose(const Trip& trip) {
  const auto patience = std::max<Duration>(trip.request.patience, shortest_patience);
  const bool for_good = trip.request.method == Method::get || !chance_.percent(30);
  fail(trip, TransportError::timeout, 1, patience,
       for_good ? std::vector{Kind::request_lost} : std::vector<Kind>{});
  if (for_good) return;
  // It hangs in some buffer, and reaches the server when nobody waits for it any more.
  const Duration late = chance_.percent(50) ? chance_.between(seconds(1), minutes(2))
                                            : chance_.between(minutes(2), hours(8));
  timeline_.in(patience + late, [this, request = trip.request] { serve_late(request); });
}

void Network::lose_reply(const Trip& trip) {
  std::vector kinds{Kind::reply_lost};
  if (serve_in_vain(trip.request)) {
    kinds.push_back(Kind::effect_unanswered);
    if (chance_.percent(forgetful)) forget_keys();
  }
  const bool reset = chance_.percent(50);
  fail(trip, reset ? TransportError::cut : TransportError::timeout, 1,
       reset ? latency() : Duration(trip.request.patience), std::move(kinds));
}

void Network::cut_reply(const Trip& trip) {
  Reply reply = serve(trip.request);
  reply.error = chance_.percent(95) ? TransportError::cut : TransportError::too_large;
  reply.body.resize(reply.body.size() / 2);
  answer(trip, std::move(reply), latency(), {Kind::reply_cut});
}

void Network::double_reply(const Trip& trip) {
  answer(trip, serve(trip.request), latency(), {Kind::reply_doubled}, 2);
}

// The transport's own repeat, on a fresh connection: the answer is to the second.
void Network::double_request(const Trip& trip) {
  if (chance_.percent(50)) return double_reply(trip);
  if (trip.request.method != Method::get && chance_.percent(40)) return refuse_second(trip);
  serve(trip.request);
  Reply reply = serve(trip.request);
  reply.departures = 2;
  answer(trip, std::move(reply), latency(), {Kind::request_doubled});
}

void Network::refuse_second(const Trip& trip) {
  constexpr std::array statuses{400, 401, 403, 405, 413, 422, 429, 503};
  std::vector kinds{Kind::request_doubled};
  if (serve_in_vain(trip.request)) kinds.push_back(Kind::effect_then_error);
  refused.insert(trip.request.url);
  Reply reply = problem(chance_.one_of(statuses), "not the second");
  reply.departures = 2;
  answer(trip, std::move(reply), latency(), std::move(kinds));
}

void Network::refuse_connection(const Trip& trip) {
  constexpr std::array errors{TransportError::connect, TransportError::resolve,
                              TransportError::proxy, TransportError::handshake};
  fail(trip, chance_.one_of(errors), 0, chance_.between(milliseconds(1), seconds(10)),
       {Kind::not_connected});
}

void Network::err(const Trip& trip) {
  constexpr std::array statuses{500, 502, 504, 508, 599, 503, 507};
  const int status = chance_.one_of(statuses);
  const bool served = status != 503 && status != 507 && chance_.percent(50);
  const bool in_vain = served && serve_in_vain(trip.request);
  answer(trip, chance_.percent(50) ? problem(status, "broken") : page(status), latency(),
         {in_vain ? Kind::effect_then_error : Kind::server_error});
}

void Network::refuse(const Trip& trip) {
  // A read is never told what is not so: 404 and 410 would be lies about the record.
  constexpr std::array of_reads{401, 403, 408, 429, 425, 421, 405, 406, 423};
  constexpr std::array of_removals{400, 401, 402, 403, 405, 408, 409, 412, 421, 423,
                                   424, 425, 426, 428, 429, 431, 451, 501, 505, 414};
  constexpr std::array of_puts{400, 401, 402, 403, 404, 405, 406, 408, 409, 410,
                               411, 412, 413, 414, 415, 417, 418, 421, 422, 423,
                               424, 425, 426, 428, 431, 451, 501, 505};
  const int status = trip.request.method == Method::get   ? chance_.one_of(of_reads)
                     : trip.request.method == Method::del ? chance_.one_of(of_removals)
                                                          : chance_.one_of(of_puts);
  refused.insert(trip.request.url);
  Reply reply = problem(status, "not like this");
  if (status == 401) reply.headers.push_back({"WWW-Authenticate", "Bearer realm=\"forms\""});
  answer(trip, std::move(reply), latency(), {Kind::refusal});
}

void Network::strip_version(const Trip& trip) {
  Reply reply = serve(trip.request);
  const bool weak = chance_.percent(50) && trip.request.method != Method::get;
  std::vector<Kind> kinds{};
  if (trip.request.method != Method::get) {
    for (Header& field : reply.headers) {
      if (field.name != "ETag") continue;
      kinds = {Kind::no_version};
      if (weak) {
        field.value = "W/\"of-the-answer\"";
      } else {
        field.name = "X-Nothing";
      }
    }
    if (!weak && reply.status >= 200 && reply.status < 300 && chance_.percent(30)) {
      reply.status = 202;
    }
  }
  answer(trip, std::move(reply), latency(), std::move(kinds));
}

void Network::be_busy(const Trip& trip) {
  constexpr std::array waits{"0",
                             "-5",
                             "315360000",
                             "soon",
                             "",
                             "30",
                             "600",
                             "Wed, 21 Oct 2099 07:28:00 GMT",
                             "99999999999999999999999"};
  const bool too_many = chance_.percent(50);
  Reply reply = problem(too_many ? 429 : 503, "later");
  std::vector kinds{Kind::busy};
  if (chance_.percent(70)) {
    const int wait = chance_.below(static_cast<int>(waits.size()));
    if (wait != 5 && wait != 6) kinds.push_back(Kind::absurd_retry_after);
    reply.headers.push_back({"Retry-After", waits[static_cast<std::size_t>(wait)]});
    if (chance_.percent(10)) reply.headers.push_back({"Retry-After", "7"});
  }
  answer(trip, std::move(reply), latency(), std::move(kinds));
}

// Nobody stands between this machine and itself, nor between it and a certificate that fits.
void Network::intercept_with_page(const Trip& trip) {
  if (settings_.road != Road::plain) return break_certificate(trip);
  constexpr std::array statuses{200, 200, 200, 201, 403, 404, 409, 410, 412, 511};
  answer(trip, page(chance_.one_of(statuses)), latency(), {Kind::portal_page});
}

void Network::intercept_with_redirect(const Trip& trip) {
  if (settings_.road != Road::plain) return break_certificate(trip);
  constexpr std::array statuses{301, 302, 303, 307, 308};
  Reply reply = page(chance_.one_of(statuses));
  reply.headers.push_back({"Location", "http://portal.example.net/login"});
  answer(trip, std::move(reply), latency(), {Kind::portal_redirect});
}

// Over plain http anybody may say anything; only a document that equals ours proves something.
void Network::forge(const Trip& trip) {
  if (trip.request.method == Method::get) {
    return answer(trip, page(200), latency(), {Kind::forged_reply});
  }
  constexpr std::array statuses{200, 201, 204};
  Reply reply{.departures = 1, .status = chance_.one_of(statuses)};
  if (chance_.percent(50)) reply.headers.push_back({"ETag", "\"forged\""});
  if (chance_.percent(50)) reply.headers.push_back({"Content-Type", "application/json"});
  if (const auto key = header(trip.request.headers, "Idempotency-Key")) {
    reply.headers.push_back({"Idempotency-Key", std::string(*key)});
  }
  answer(trip, std::move(reply), latency(), {Kind::forged_reply});
}

void Network::break_certificate(const Trip& trip) {
  if (settings_.road != Road::https) return refuse_connection(trip);
  fail(trip, TransportError::certificate, 0, latency(), {Kind::certificate_error});
}

}  // namespace lodge::test
