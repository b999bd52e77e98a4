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
  fail(trip, TransportError::timeout, 1, patience);
  if (trip.request.method == Method::get || !chance_.percent(30)) {
    return counts_.add(Kind::request_lost);
  }
  // It hangs in some buffer, and reaches the server when nobody waits for it any more.
  counts_.add(Kind::request_late);
  const Duration late = chance_.percent(50) ? chance_.between(seconds(1), minutes(2))
                                            : chance_.between(minutes(2), hours(8));
  timeline_.in(patience + late, [this, request = trip.request] { serve_late(request); });
}

void Network::lose_reply(const Trip& trip) {
  counts_.add(Kind::reply_lost);
  serve(trip.request);
  const bool reset = chance_.percent(50);
  fail(trip, reset ? TransportError::cut : TransportError::timeout, 1,
       reset ? latency() : Duration(trip.request.patience));
}

void Network::cut_reply(const Trip& trip) {
  counts_.add(Kind::reply_cut);
  Reply reply = serve(trip.request);
  reply.error = chance_.percent(95) ? TransportError::cut : TransportError::too_large;
  reply.body.resize(reply.body.size() / 2);
  answer(trip, std::move(reply), latency());
}

void Network::double_reply(const Trip& trip) {
  counts_.add(Kind::reply_doubled);
  answer(trip, serve(trip.request), latency(), 2);
}

void Network::double_request(const Trip& trip) {
  if (chance_.percent(50)) return double_reply(trip);
  counts_.add(Kind::request_doubled);
  serve(trip.request);
  Reply reply = serve(trip.request);
  reply.departures = 2;
  answer(trip, std::move(reply), latency());
}

void Network::refuse_connection(const Trip& trip) {
  counts_.add(Kind::not_connected);
  constexpr std::array errors{TransportError::connect, TransportError::resolve,
                              TransportError::proxy, TransportError::handshake};
  fail(trip, chance_.one_of(errors), 0, chance_.between(milliseconds(1), seconds(10)));
}

void Network::err(const Trip& trip) {
  constexpr std::array statuses{500, 502, 504, 508, 599, 503, 507};
  const int status = chance_.one_of(statuses);
  const bool in_vain = status != 503 && status != 507 && chance_.percent(50);
  counts_.add(in_vain ? Kind::effect_then_error : Kind::server_error);
  if (in_vain) serve(trip.request);
  answer(trip, chance_.percent(50) ? problem(status, "broken") : page(status), latency());
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
  counts_.add(Kind::refusal);
  refused.insert(trip.request.url);
  Reply reply = problem(status, "not like this");
  if (status == 401) reply.headers.push_back({"WWW-Authenticate", "Bearer realm=\"forms\""});
  answer(trip, std::move(reply), latency());
}

void Network::strip_version(const Trip& trip) {
  counts_.add(Kind::no_version);
  Reply reply = serve(trip.request);
  const bool weak = chance_.percent(50) && trip.request.method != Method::get;
  if (trip.request.method != Method::get) {
    for (Header& field : reply.headers) {
      if (field.name != "ETag") continue;
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
  answer(trip, std::move(reply), latency());
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
  counts_.add(Kind::busy);
  if (chance_.percent(70)) {
    const int wait = chance_.below(static_cast<int>(waits.size()));
    if (wait != 5 && wait != 6) counts_.add(Kind::absurd_retry_after);
    reply.headers.push_back({"Retry-After", waits[static_cast<std::size_t>(wait)]});
    if (chance_.percent(10)) reply.headers.push_back({"Retry-After", "7"});
  }
  answer(trip, std::move(reply), latency());
}

// Nobody stands between this machine and itself, nor between it and a certificate that fits.
void Network::intercept_with_page(const Trip& trip) {
  if (settings_.road != Road::plain) return break_certificate(trip);
  counts_.add(Kind::portal_page);
  constexpr std::array statuses{200, 200, 200, 201, 403, 404, 409, 410, 412, 511};
  answer(trip, page(chance_.one_of(statuses)), latency());
}

void Network::intercept_with_redirect(const Trip& trip) {
  if (settings_.road != Road::plain) return break_certificate(trip);
  counts_.add(Kind::portal_redirect);
  constexpr std::array statuses{301, 302, 303, 307, 308};
  Reply reply = page(chance_.one_of(statuses));
  reply.headers.push_back({"Location", "http://portal.example.net/login"});
  answer(trip, std::move(reply), latency());
}

// Over plain http anybody may say anything; only a document that equals ours proves something.
void Network::forge(const Trip& trip) {
  counts_.add(Kind::forged_reply);
  if (trip.request.method == Method::get) return answer(trip, page(200), latency());
  constexpr std::array statuses{200, 201, 204};
  Reply reply{.departures = 1, .status = chance_.one_of(statuses)};
  if (chance_.percent(50)) reply.headers.push_back({"ETag", "\"forged\""});
  if (chance_.percent(50)) reply.headers.push_back({"Content-Type", "application/json"});
  if (const auto key = header(trip.request.headers, "Idempotency-Key")) {
    reply.headers.push_back({"Idempotency-Key", std::string(*key)});
  }
  answer(trip, std::move(reply), latency());
}

void Network::break_certificate(const Trip& trip) {
  if (settings_.road != Road::https) return refuse_connection(trip);
  counts_.add(Kind::certificate_error);
  fail(trip, TransportError::certificate, 0, latency());
}

}  // namespace lodge::test
