#include "demo/day/world.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "client/testing/server/problem.hpp"

namespace lodge::demo {
namespace {

using nlohmann::json;

Time now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

Reply portal_page() {
  Reply reply{.departures = 1, .status = 200, .loopback = true};
  reply.headers = {{"Content-Type", "text/html; charset=utf-8"}};
  reply.body = "<!doctype html><title>Welcome</title><p>Sign in to use this network.";
  return reply;
}

Reply busy_answer() {
  Reply reply{.departures = 1, .status = 503, .loopback = true};
  reply.headers = {{"Content-Type", "application/problem+json"}, {"Retry-After", "1"}};
  reply.body = R"({"title": "The server is being looked after", "status": 503})";
  return reply;
}

bool breaks_the_rule(const Request& request) {
  if (request.method != Method::put) return false;
  const json form = json::parse(request.body, nullptr, false);
  if (!form.is_object()) return false;
  const auto speed = form.find("speed_knots");
  return speed != form.end() && speed->is_number() && *speed < 0;
}

}  // namespace

World::World(std::uint64_t seed) : chance_(seed) { link_up(); }

World::~World() { listener_.reset(); }

std::string World::endpoint() const {
  return "http://127.0.0.1:" + std::to_string(port_.number()) + "/v1";
}

void World::link_up() {
  if (listener_) return;
  ListenerOptions options{.port = port_.number()};
  options.weather = [this](const Request& request) { return deliver(request); };
  listener_ = std::make_unique<Listener>([this](const Request& request) { return handle(request); },
                                         options);
}

void World::link_down() {
  if (!listener_) return;
  ++link_downs_;
  listener_.reset();
}

void World::set_sky(Sky sky) {
  const std::lock_guard lock(mutex_);
  sky_ = sky;
}

void World::set_delay(std::chrono::milliseconds delay) {
  const std::lock_guard lock(mutex_);
  delay_ = delay;
}

// Every kind of trouble comes once in eight requests, in an order that chance decides.
Delivery World::deliver(const Request& request) {
  const std::lock_guard lock(mutex_);
  if (sky_ != Sky::lossy || request.method == Method::get) return Delivery::answer;
  if (deck_.empty()) {
    deck_ = {Delivery::drop_after, Delivery::drop_after, Delivery::cut, Delivery::drop_before};
    deck_.resize(8, Delivery::answer);
    std::ranges::shuffle(deck_, chance_);
  }
  const Delivery delivery = deck_.back();
  deck_.pop_back();
  weathered_.lost_requests += delivery == Delivery::drop_before;
  weathered_.lost_replies += delivery == Delivery::drop_after;
  weathered_.cut_replies += delivery == Delivery::cut;
  return delivery;
}

std::optional<Reply> World::handle(const Request& request) {
  std::unique_lock lock(mutex_);
  const auto delay = delay_;
  if (delay.count() > 0) {
    lock.unlock();
    std::this_thread::sleep_for(delay);
    lock.lock();
  }
  if (sky_ == Sky::portal) return ++weathered_.portal_answers, portal_page();
  if (sky_ == Sky::busy) return ++weathered_.busy_answers, busy_answer();
  if (breaks_the_rule(request)) {
    ++weathered_.refused_forms;
    return problem(Problem::malformed, "A speed is not negative");
  }
  return server_.handle(request, now());
}

void World::edit(const RecordId& record, const std::function<void(json&)>& change) {
  const std::lock_guard lock(mutex_);
  const ServerRecord* found = server_.find(record);
  if (!found || !found->content) throw std::invalid_argument("the server lacks " + record.key);
  json content = json::parse(*found->content);
  change(content);
  server_.edit(record, content, now());
}

bool World::remove(const RecordId& record) {
  const std::lock_guard lock(mutex_);
  return server_.remove(record, now());
}

Weathered World::weathered() const {
  const std::lock_guard lock(mutex_);
  return weathered_;
}

std::size_t World::effect_count() const {
  const std::lock_guard lock(mutex_);
  return server_.ledger().effects().size();
}

std::vector<Effect> World::effects() const {
  const std::lock_guard lock(mutex_);
  const auto& effects = server_.ledger().effects();
  return {effects.begin(), effects.end()};
}

Tally World::tally() const {
  const std::lock_guard lock(mutex_);
  return server_.ledger().tally;
}

}  // namespace lodge::demo
