#include "hanging_resolver.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <atomic>
#include <chrono>
#include <string_view>

namespace lodge::test {
namespace {

// Of one HangingResolver at a time; a resolver's thread may outlive the transport that made it.
std::atomic<HangingResolver*> active = nullptr;

}  // namespace

HangingResolver::HangingResolver() { active = this; }

HangingResolver::~HangingResolver() {
  std::unique_lock lock(mutex_);
  over_ = true;
  changed_.notify_all();
  changed_.wait(lock, [&] { return waiting_ == 0; });
  active = nullptr;
}

bool HangingResolver::wait_until_asked() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return asked_ > 0; });
}

void HangingResolver::answer_never_until_destroyed() {
  std::unique_lock lock(mutex_);
  ++asked_;
  ++waiting_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return over_; });
  --waiting_;
  changed_.notify_all();
}

int resolve(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
  const std::string_view name = node != nullptr ? node : "";
  if (name == "hang.test") {
    if (HangingResolver* hanging = active.load()) hanging->answer_never_until_destroyed();
    return EAI_AGAIN;
  }
  if (name.ends_with(".unknown.test")) return EAI_NONAME;
  return real(node, service, hints, result);
}

}  // namespace lodge::test

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  return lodge::test::resolve(node, service, hints, result);
}
