#include "simulation/network.hpp"

#include <utility>

namespace lodge::test {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

std::string key_of(const Request& request) {
  std::string key(header(request.headers, "Idempotency-Key").value_or(""));
  if (key.size() >= 2 && key.front() == '"') key = key.substr(1, key.size() - 2);
  return key;
}

}  // namespace

void Line::start(TransferId id, Request request) {
  const int start = ++network_.starts_;
  under_way_[id] = start;
  network_.carry(shared_from_this(), id, start, std::move(request));
}

void Line::cancel(TransferId id) {
  if (under_way_.erase(id) == 0) return;
  finished_.push_back({.id = id, .reply = {.error = TransportError::cancelled, .departures = 1}});
  if (notify_) notify_();
}

void Line::arrive(TransferId id, Reply reply) {
  under_way_.erase(id);
  finished_.push_back({.id = id, .reply = std::move(reply)});
  if (notify_) notify_();
}

void Line::hang_up() {
  under_way_.clear();
  finished_.clear();
  notify_ = nullptr;
}

void Line::cut_all() {
  for (const auto& [id, start] : std::exchange(under_way_, {})) {
    finished_.push_back({.id = id, .reply = {.error = TransportError::cut, .departures = 1}});
  }
  if (!finished_.empty() && notify_) notify_();
}

Network::Network(const Settings& settings, Timeline& timeline, Chance& chance, Counts& counts,
                 Trace& trace)
    : server({.tokens = {{"of-ada", "ada"}, {"of-ben", "ben"}},
              .key_lifetime = settings.key_lifetime}),
      settings_(settings),
      timeline_(timeline),
      chance_(chance),
      counts_(counts),
      trace_(trace) {}

std::string Network::endpoint() const {
  switch (settings_.road) {
    case Road::loopback:
      return "http://127.0.0.1:8080/v1";
    case Road::plain:
      return "http://forms.example.org/v1";
    case Road::https:
      break;
  }
  return "https://forms.example.org/v1";
}

void Network::carry(const std::shared_ptr<Line>& line, TransferId id, int start, Request request) {
  note(request);
  travel({.line = line, .id = id, .start = start, .request = std::move(request)});
}

void Network::note(const Request& request) {
  ++requests;
  std::string bytes(name(request.method));
  bytes += " " + request.url;
  std::string credentials;
  for (const Header& field : request.headers) {
    if (field.name == "Authorization") {
      credentials = field.value;
    } else {
      bytes += "\n" + field.name + ": " + field.value;
    }
  }
  bytes += "\n\n" + request.body;
  trace_.line("--> " + bytes);
  if (request.method == Method::get) return;
  if (patient_until_ && timeline_.now() < *patient_until_) {
    trace_.wrong("the server asked for patience, and is asked again: " + request.url);
  }
  const std::string key = key_of(request);
  if (key.empty()) return trace_.wrong("a write without a key: " + request.url);
  const auto [known, fresh] = asked.try_emplace(key, Asked{bytes, credentials});
  if (!fresh && known->second.bytes != bytes) {
    trace_.wrong("key " + key + " stands for two requests:\n" + known->second.bytes + "\nand\n" +
                 bytes);
  }
}

void Network::note_told(const Request& request, const Reply& reply) {
  if (reply.error != TransportError::none) return;
  if (request.method == Method::get) {
    std::erase_if(untold, [&](const auto& one) { return one.second == request.url; });
  } else if (reply.status >= 200 && reply.status <= 299) {
    untold.erase(key_of(request));
  }
}

// Obeyed for the whole origin by every process, until something else is heard.
void Network::note_patience(Method method, const Reply& reply) {
  const bool busy = reply.status == 429 || reply.status == 503;
  if (!busy || reply.error != TransportError::none) return patient_until_.reset();
  if (method == Method::get || header_count(reply.headers, "Retry-After") != 1) return;
  const std::string wait(*header(reply.headers, "Retry-After"));
  if (wait != "30" && wait != "600") return;
  patient_until_ = timeline_.now() + seconds(std::stoi(wait));
}

void Network::travel(const Trip& trip) {
  if (healed_) return answer(trip, serve(trip.request), latency());
  if (is_out()) return travel_in_outage(trip);
  if (chance_.percent(settings_.bad_requests)) return travel_badly(trip);
  answer(trip, serve(trip.request), latency());
}

void Network::travel_badly(const Trip& trip) {
  switch (chance_.below(16)) {
    case 0:
    case 1:
      return lose(trip);
    case 2:
    case 3:
    case 4:
      return lose_reply(trip);
    case 5:
      return cut_reply(trip);
    case 6:
      return double_request(trip);
    case 7:
      return refuse_connection(trip);
    case 8:
      return err(trip);
    case 9:
      return refuse(trip);
    case 10:
      return strip_version(trip);
    case 11:
      return be_busy(trip);
    case 12:
      return intercept_with_page(trip);
    case 13:
      return intercept_with_redirect(trip);
    case 14:
      return settings_.road == Road::plain ? forge(trip) : break_certificate(trip);
    default:
      return answer(trip, serve(trip.request), chance_.between(seconds(5), minutes(10)),
                    {Kind::reply_late});
  }
}

void Network::travel_in_outage(const Trip& trip) {
  if (std::exchange(outage_is_new_, false)) counts_.add(Kind::outage);
  switch (outage_) {
    case Outage::no_connection:
      return refuse_connection(trip);
    case Outage::silence:
      return lose(trip);
    case Outage::page:
      return intercept_with_page(trip);
    case Outage::redirect:
      return intercept_with_redirect(trip);
    case Outage::busy:
      return be_busy(trip);
    case Outage::certificate:
      return settings_.road == Road::https ? break_certificate(trip) : refuse_connection(trip);
  }
}

void Network::begin_outage(Duration length, const std::function<void(Route, bool told)>& on_route) {
  if (healed_) return;
  outage_is_new_ = true;
  outage_ = static_cast<Outage>(chance_.below(6));
  outage_until_ = timeline_.now() + length;
  trace_.line("outage " + std::to_string(static_cast<int>(outage_)) + " for " +
              std::to_string(length.count()) + " ms");
  if (outage_ != Outage::no_connection || chance_.percent(30)) return;
  on_route(Route::none, true);
  timeline_.at(outage_until_, [this, on_route] {
    const bool told = chance_.percent(60);
    trace_.line(told ? "there is a route again" : "there is a route again, and nobody is told");
    on_route(Route::exists, told);
  });
}

void Network::heal() {
  healed_ = true;
  outage_until_ = Time{};
}

void Network::forget_keys() {
  trace_.line("the server forgets its keys");
  server.forget_keys();
  forgettings.push_back(server.ledger().effects().size());
}

Reply Network::serve(const Request& request) {
  const std::string key = key_of(request);
  const std::size_t before = server.ledger().effects().size();
  const bool repeated = !key.empty() && !server.ledger().of_key(key).empty();
  Reply reply = server.handle(request, timeline_.now());
  if (server.ledger().effects().size() > before) untold[key] = request.url;
  if (request.method != Method::get) {
    const bool replayed = header_count(reply.headers, "Idempotency-Replayed") > 0;
    if (repeated && !replayed && reply.status != 401) counts_.add(Kind::key_forgotten);
    if (reply.status == 412) counts_.add(Kind::version_moved_on);
  }
  reply.departures = 1;
  reply.loopback = settings_.road == Road::loopback;
  reply.verified = settings_.road == Road::https;
  return reply;
}

bool Network::serve_in_vain(const Request& request) {
  const std::size_t before = server.ledger().effects().size();
  serve(request);
  return server.ledger().effects().size() > before;
}

void Network::serve_late(const Request& request) {
  counts_.add(Kind::request_late);
  const auto before = server.ledger().effects().size();
  const Reply reply = serve(request);
  trace_.line("late arrival: " + request.url + " answered " + std::to_string(reply.status));
  if (server.ledger().effects().size() > before) {
    untold.erase(key_of(request));  // it may come after a check
    late_effects.insert(server.ledger().effects().back().sequence);
  }
}

std::shared_ptr<Line> Network::whoever_waits(const Trip& trip) {
  auto line = trip.line.lock();
  if (!line) return nullptr;
  const auto waiting = line->under_way_.find(trip.id);
  const bool waits = waiting != line->under_way_.end() && waiting->second == trip.start;
  return waits ? line : nullptr;
}

void Network::answer(const Trip& trip, Reply reply, Duration after, std::vector<Kind> kinds,
                     int times) {
  reply.departures = std::max(reply.departures, 1);
  reply.loopback = settings_.road == Road::loopback;
  reply.verified = settings_.road == Road::https && reply.error == TransportError::none;
  timeline_.in(after, [this, trip, times, kinds = std::move(kinds), reply = std::move(reply)] {
    const auto there = whoever_waits(trip);
    if (!there) return;
    for (const Kind kind : kinds) counts_.add(kind);
    trace_.line("<-- " + std::to_string(reply.status) + " " + std::string(name(reply.error)) + " " +
                std::string(header(reply.headers, "ETag").value_or("")) + " " + reply.body);
    note_told(trip.request, reply);
    note_patience(trip.request.method, reply);
    for (int i = 0; i < times; ++i) there->arrive(trip.id, reply);
  });
}

void Network::fail(const Trip& trip, TransportError error, int departures, Duration after,
                   std::vector<Kind> kinds) {
  timeline_.in(after, [this, trip, error, departures, kinds = std::move(kinds)] {
    const auto there = whoever_waits(trip);
    if (!there) return;
    for (const Kind kind : kinds) counts_.add(kind);
    trace_.line("<-- " + std::string(name(error)));
    there->arrive(trip.id, {.error = error, .departures = departures});
  });
}

Duration Network::latency() { return chance_.around(milliseconds(60)); }

}  // namespace lodge::test
