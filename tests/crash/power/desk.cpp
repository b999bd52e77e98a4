#include "crash/power/desk.hpp"

namespace lodge::test {

Desk::Desk(std::uint64_t given_seed) : seed(given_seed) {
  wire = std::make_shared<MemoryTransport>([this](const Request& request) {
    auto reply = weather ? weather(request) : std::nullopt;
    if (!reply) reply = server.handle(request, clock->now());
    moments.push_back({.position = disk.position(), .state = server.serialise()});
    return *reply;
  });
}

Options Desk::options() {
  Options options;
  options.store = store;
  options.endpoint = "http://127.0.0.1:8080/v1";
  options.threads = false;
  options.deliver = deliver;
  options.clock = clock;
  options.transport = transport ? transport : wire;
  options.random = [this] { return random(); };
  if (!real_files) options.sqlite_vfs = vfs.empty() ? disk.name() : vfs;
  options.power_safe_overwrite = power_safe_overwrite;
  return options;
}

Client& Desk::open() {
  clients.push_back(std::make_unique<Client>(options()));
  return *clients.back();
}

void Desk::begin_recording() { begin_recording(view_of(*clients.front())); }

void Desk::begin_recording(const View& left) {
  disk.record();
  moments.push_back({.position = 0, .state = server.serialise()});
  promises.push_back({.what = "nothing yet", .view = left});
}

void Desk::end_recording() {
  disk.stop_recording();
  clients.clear();
}

void Desk::note(const std::string& what, const std::function<void()>& work, bool whole) {
  Promise promise{.what = what, .begun = disk.position(), .whole = whole};
  make(work);
  promise.view = view_of(*clients.front());  // saves first what an autosave could not
  promise.kept = disk.position();
  promises.push_back(std::move(promise));
}

/// A call that fails has changed nothing, says its error: so it can be made again.
void Desk::make(const std::function<void()>& work) {
  for (int tries = 1;; ++tries) {
    try {
      return work();
    } catch (const Error&) {
      if (!tries_again || tries == 3) throw;
      ++failed_calls;
    }
  }
}

void Desk::call(const std::string& what, const std::function<void()>& work) {
  note(what, work, true);
}

void Desk::accept(const Submission& submission, const nlohmann::json& text) {
  accepted.push_back({.position = disk.position(),
                      .shown = "form " + submission.id.text() + " " + text.dump() + " \n"});
}

void Desk::pass(const std::string& what, const std::function<void()>& work) {
  note(what, work, false);
}

void Desk::step(int client) {
  for (int i = 0; i < 12; ++i) {
    std::optional<Time> next;
    pass("pass", [&] { next = clients[static_cast<std::size_t>(client)]->step(); });
    if (!next || *next > clock->now()) return;
  }
}

nlohmann::json Desk::content(const std::string& words, std::size_t least) {
  const auto size = least + random() % 40 * (random() % 40);
  return {{"words", words}, {"text", std::string(size, 'a' + static_cast<char>(random() % 26))}};
}

std::uint64_t Desk::random() {
  seed += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = seed;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

}  // namespace lodge::test
