#include "lodge/testing/kiosk.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

namespace lodge::testing {
namespace {

// SplitMix64: the same days each time.
std::uint64_t next_chance(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

/// A folder of its own, in memory where there is one: a sync then costs nothing.
class Kiosk::Folder {
 public:
  Folder() {
    constexpr const char* in_memory = "/dev/shm";
    const std::filesystem::path place = ::access(in_memory, W_OK) == 0
                                            ? std::filesystem::path(in_memory)
                                            : std::filesystem::temp_directory_path();
    std::string name = (place / "lodge-kiosk-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), "making a kiosk's folder");
    }
    path_ = std::filesystem::canonical(name);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void pass(Client& client, VirtualClock& clock, Duration span) {
  const Time end = clock.now() + span;
  for (;;) {
    const auto next = client.step();
    if (!next || *next > end) break;
    if (*next > clock.now()) clock.set(*next);
  }
  clock.set(end);
  client.step();
}

Kiosk::Kiosk(Options options, std::map<std::string, std::string> tokens)
    : folder_(std::make_unique<Folder>()),
      server_(std::move(tokens)),
      options_(std::move(options)) {
  options_.store = (folder_->path() / "kiosk.lodge").string();
  options_.endpoint = "https://forms.example.org/v1";
  options_.clock = clock_;
  options_.random = [this] { return next_chance(chance_); };
  options_.threads = false;
  restart();
}

Kiosk::~Kiosk() = default;

Client& Kiosk::restart() {
  client_.reset();
  // Each of these serves one client.
  options_.transport =
      std::make_shared<MemoryTransport>([this](const Request& request) { return carry(request); });
  network_ = std::make_shared<ScriptedNetwork>();
  network_->set(route_);
  options_.network = network_;
  client_ = std::make_unique<Client>(options_);
  return *client_;
}

void Kiosk::pass(Duration span) { testing::pass(*client_, *clock_, span); }

void Kiosk::lead(Way way, Route route) {
  way_ = way;
  const bool told = std::exchange(route_, route) != route;
  network_->set(route);
  if (!told) network_->twitch();
  client_->step();
}

void Kiosk::go_offline() { lead(Way::none, Route::none); }
void Kiosk::enter_portal() { lead(Way::portal, Route::exists); }
void Kiosk::come_online() { lead(Way::open, Route::exists); }

void Kiosk::go_dead() { way_ = Way::dead; }

Reply Kiosk::carry(const Request& request) {
  sent_.push_back(request);
  switch (way_) {
    case Way::open:
      return server_.handle(request, clock_->now());
    case Way::none:
      return {.error = TransportError::connect};
    case Way::dead:
      return {.error = TransportError::timeout, .departures = 1};
    case Way::portal:
      return {.error = TransportError::certificate};
  }
  return {.error = TransportError::connect};
}

}  // namespace lodge::testing
