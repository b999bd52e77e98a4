#include <exception>
#include <utility>

#include "client/events/handler_scope.hpp"
#include "client/events/subscription_link.hpp"
#include "lodge/event.hpp"

namespace lodge {

namespace client {
namespace {

thread_local int handler_depth = 0;

}  // namespace

bool in_handler() noexcept { return handler_depth > 0; }

HandlerScope::HandlerScope() noexcept { ++handler_depth; }

HandlerScope::~HandlerScope() { --handler_depth; }

}  // namespace client

// Ends a call however the handler leaves it.
struct Subscription::Link::Turn {
  explicit Turn(Link& of) : link(of) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  ~Turn() {
    EventHandler released;  // its destructor is the application's: outside the lock
    const std::lock_guard lock(link.mutex_);
    link.caller_ = {};
    if (link.ended_inside_) released.swap(link.handler_);
    link.returned_.notify_all();
  }

  Link& link;
  client::HandlerScope scope{};
};

std::optional<std::string> Subscription::Link::call(const Event& event) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return std::nullopt;
    caller_ = std::this_thread::get_id();
  }
  const Turn turn(*this);
  try {
    handler_(event);
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "something that is not a std::exception";
  }
  return std::nullopt;
}

void Subscription::Link::end() noexcept {
  EventHandler released;
  std::unique_lock lock(mutex_);
  ended_ = true;
  if (caller_ == std::this_thread::get_id()) {
    ended_inside_ = true;
    return;
  }
  returned_.wait(lock, [this] { return caller_ == std::thread::id(); });
  released.swap(handler_);
  lock.unlock();
}

Subscription::Subscription(std::shared_ptr<Link> link) : link_(std::move(link)) {}

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this == &other) return *this;
  end();
  link_ = std::move(other.link_);
  return *this;
}

Subscription::~Subscription() { end(); }

void Subscription::end() noexcept {
  const auto link = std::exchange(link_, nullptr);
  if (link) link->end();
}

}  // namespace lodge
