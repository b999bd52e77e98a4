#include "lodge/client.hpp"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <system_error>
#include <thread>
#include <utility>

#include "client/autosave/save_failure.hpp"
#include "client/client_impl.hpp"
#include "client/composition.hpp"
#include "client/events/handler_scope.hpp"
#include "client/input_check.hpp"
#include "client/network/first_hop.hpp"
#include "client/process/system_shortage.hpp"
#include "client/system/system_clock.hpp"
#include "client/system/system_random.hpp"

namespace lodge {
namespace {

constexpr auto patience_of_handler = std::chrono::milliseconds(400);
constexpr int looks_for_last_replies = 20;
constexpr auto patience_of_close = std::chrono::milliseconds(1'100);

queue::Profile profile_of(const Options& options) {
  queue::Profile profile;
  if (!options.endpoint.empty()) {
    profile.endpoint = queue::parse_endpoint(options.endpoint, options.allow_plain_http);
  }
  queue::check_url_template(options.url_template);
  profile.url_template = options.url_template;
  profile.content_type = options.content_type;
  profile.effective_at_header = options.effective_at_header;
  profile.reason_header = options.reason_header;
  profile.retry = options.retry;
  profile.body_limit = options.body_limit;
  const auto rules = [](const CollectionOptions& given) {
    return queue::CollectionRules{.policy = given.policy, .server_members = given.server_members};
  };
  profile.rules = rules(options.every_collection);
  for (const auto& [name, given] : options.collections) profile.collections[name] = rules(given);
  return profile;
}

}  // namespace

Client::Impl::Impl(Options given)
    : options(client::checked(std::move(given))),
      process(::getpid()),
      clock(options.clock ? options.clock : std::make_shared<client::SystemClock>()),
      random(options.random ? options.random : client::system_random()),
      profile(profile_of(options)),
      has_endpoint(!options.endpoint.empty()),
      ids(clock, random),
      bus(options.post, options.log),
      authorizer(options.authorize) {
  store = std::make_unique<storage::Store>(
      storage::StoreOptions{.path = options.store,
                            .vfs = options.sqlite_vfs,
                            .power_safe_overwrite = options.power_safe_overwrite,
                            .outbox_limit = options.outbox_limit,
                            .outbox_bytes = options.outbox_bytes});
  check_mark();
  if (has_endpoint) check_endpoint();
}

void Client::Impl::start() {
  // The parts call back through a weak pointer: they may outlive this client by a moment.
  const std::weak_ptr<Impl> weak = weak_from_this();
  const auto wake = [weak] {
    if (const auto self = weak.lock()) {
      if (self->started) self->worker->wake();
    }
  };
  transport = options.transport ? options.transport : client::system_transport(options);
  transport->on_finished(wake);
  const client::FirstHop hop = client::first_hop(options.proxy, profile.endpoint);
  monitor = std::make_unique<client::Monitor>(client::MonitorParts{
      .source = options.network || !options.threads ? options.network : client::system_network(),
      .host = hop.host,
      .port = hop.port,
      .clock = clock,
      .random = random,
      .spread = options.spread,
      .changed = [weak](const client::MonitorChange& change) {
        const auto self = weak.lock();
        if (self && self->started) self->network_changed(change);
      }});
  refresher = std::make_unique<client::Refresher>(*store, *transport, *clock, profile, authorizer);
  prober =
      std::make_unique<client::Prober>(options.probe_url, *transport, *monitor, *clock, random);
  delivery = std::make_unique<client::Delivery>(client::DeliveryParts{
      .store = *store,
      .transport = *transport,
      .monitor = *monitor,
      .clock = *clock,
      .random = random,
      .profile = profile,
      .authorizer = authorizer,
      .publish = [this](std::vector<Event> events) { publish(std::move(events)); },
      .log = options.log ? [this](LogLine line) { log(std::move(line)); }
                         : std::function<void(LogLine)>(),
      .in_flight = options.in_flight});
  client::AutosaverParts saving;
  saving.save = [this](const Draft& draft) { store_draft(draft, true); };
  saving.failed = [this](const Draft& draft, const Error& error) {
    note({.kind = EventKind::autosave_failed,
          .at = clock->now(),
          .record = draft.record,
          .submission = draft.id,
          .words = client::words_of(error)});
    worker->wake();
  };
  saving.saved = [this](const Draft& draft) {
    note({.kind = EventKind::draft_saved,
          .at = clock->now(),
          .record = draft.record,
          .submission = draft.id});
    worker->wake();
  };
  saving.depth_limit = static_cast<std::size_t>(options.depth_limit);
  saving.times.idle = options.autosave_idle;
  saving.times.latest = options.autosave_latest;
  if (!options.threads) {
    saving.now = [this] { return clock->now(); };
    saving.sooner = [this] { worker->wake(); };
  }
  autosaver = std::make_unique<client::Autosaver>(std::move(saving));
  worker =
      std::make_unique<client::Worker>([this](bool eager) { return pass(eager); },
                                       options.threads ? std::function<void()>() : options.wake);
  std::optional<client::FileWatch::Method> watching;
  if (options.threads) watching = client::FileWatch::Method::events;
  turn = std::make_unique<client::FlushTurn>(options.store, wake, watching);
  started = true;
  if (options.threads) worker->start(shared_from_this());
}

// What has not left yet comes back within a moment.
std::vector<Finished> Client::Impl::last_replies() {
  std::vector<Finished> last = std::exchange(arrived, {});
  std::ranges::move(transport->collect(), std::back_inserter(last));
  const std::size_t enough = last.size() + delivery->recall_all();
  for (int i = 0; i < looks_for_last_replies && last.size() < enough; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::ranges::move(transport->collect(), std::back_inserter(last));
  }
  return last;
}

void Client::Impl::close() {
  if (closed.exchange(true)) return;
  autosaver->close();
  refresher->close();
  bus.close(patience_of_handler);
  if (!worker->stop(patience_of_close)) return;  // it keeps what it uses until it ends
  try {
    if (began) delivery->abandon(last_replies());
  } catch (const std::exception&) {
    // The next client finds the attempts open, and takes them for interrupted.
  }
  // On this thread, not on one that happens to call back just now.
  turn.reset();
  delivery.reset();
  prober.reset();
  refresher.reset();
  monitor.reset();
  if (!options.transport) transport.reset();
}

Client::Client(Options options) try : impl_(std::make_shared<Impl>(std::move(options))) {
  impl_->start();
} catch (const std::system_error& error) {
  throw client::system_shortage(error);
}

Client::~Client() {
  if (!impl_) return;
  if (::getpid() != impl_->process) {
    // A forked child shares none of the threads; nothing here can be ended in order.
    new std::shared_ptr<Impl>(impl_);
    return;
  }
  impl_->close();
}

void Client::Impl::check_process() const {
  if (::getpid() != process) {
    throw Error(Errc::wrong_process,
                "This client was opened before fork(). Open a new one after exec, or fork first.");
  }
}

void Client::Impl::check_may_wait() const {
  check_process();
  if (client::in_handler()) {
    throw Error(
        Errc::in_handler,
        "This call waits for delivery and must not be made from an event handler. Make it from "
        "another thread, or wait for the next event.");
  }
}

storage::Act Client::Impl::act(std::string why, std::string who) const {
  return {.at = clock->now(),
          .who = who.empty() ? options.identity : std::move(who),
          .why = std::move(why)};
}

std::string Client::Impl::identity_of(const std::optional<std::string>& given) const {
  const std::string& identity = given ? *given : options.identity;
  client::check_text("an identity", identity, client::longest_label);
  return identity;
}

/// Before anything else is written: what comes later would hide the loss.
void Client::Impl::check_mark() {
  const auto loss = store->note_loss(act("", "lodge"));
  if (!loss) return;
  log({.level = LogLevel::error, .event = "store.history_lost", .words = loss->words});
  first_news = Event{.kind = EventKind::history_lost, .at = clock->now(), .words = loss->words};
}

void Client::Impl::check_endpoint() {
  const std::string fact = "endpoint";
  const auto known = store->fact(fact);
  if (known == profile.endpoint.base) return;
  if (!known) {
    store->set_fact(fact, profile.endpoint.base, act("first endpoint", "lodge"));
    return;
  }
  const storage::Tally tally = store->tally();
  if (tally.oldest_unsettled && !options.adopt_endpoint) {
    throw Error(
        Errc::endpoint_changed,
        "Unsettled submissions of this store were made for " + *known + ", not for " +
            profile.endpoint.base +
            ". Deliver them there first, or set Options::adopt_endpoint to send them here.");
  }
  store->adopt_endpoint(profile.endpoint.base, act("endpoint adopted", "lodge"));
}

Subscription Client::on_event(EventHandler handler) {
  impl_->check_process();
  Subscription subscription = impl_->bus.subscribe(std::move(handler));
  if (impl_->note_first_news()) impl_->worker->wake();
  return subscription;
}

}  // namespace lodge
