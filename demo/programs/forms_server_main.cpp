#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "demo/server/forms_server.hpp"
#include "demo/server/listener.hpp"

// forms-server: the reference server on a port, for trying things out.

namespace {

using namespace lodge::demo;

constexpr std::string_view usage =
    "usage: forms-server [--port N] [--collections a,b] [--token T]... [--state FILE]\n"
    "  --port N            listen on 127.0.0.1:N (default: any free port)\n"
    "  --collections a,b   other collections are unknown (default: any name will do)\n"
    "  --token T           ask for this bearer token; repeat it for several people\n"
    "  --state FILE        go on from FILE; it is written again at the end (SIGTERM, SIGINT), and "
    "only then\n";

struct Arguments {
  std::uint16_t port = 0;
  std::filesystem::path state{};
  ServerRules rules{};
  bool help = false;
};

std::uint16_t port_from(std::string_view text) {
  std::uint16_t port = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    throw std::invalid_argument("--port wants a number from 0 to 65535");
  }
  return port;
}

void add_collections(std::vector<std::string>& names, std::string_view list) {
  while (!list.empty()) {
    const auto name = list.substr(0, list.find(','));
    if (!name.empty()) names.emplace_back(name);
    list.remove_prefix(std::min(list.size(), name.size() + 1));
  }
}

Arguments parse(int count, char** words) {
  Arguments arguments;
  for (int at = 1; at < count; ++at) {
    const std::string_view word = words[at];
    if (word == "--help" || word == "-h") {
      arguments.help = true;
      return arguments;
    }
    if (at + 1 == count)
      throw std::invalid_argument(std::string(word) + " wants a value, or is unknown");
    const std::string value = words[++at];
    if (word == "--port") {
      arguments.port = port_from(value);
    } else if (word == "--collections") {
      add_collections(arguments.rules.collections, value);
    } else if (word == "--token") {
      const auto person = "person " + std::to_string(arguments.rules.tokens.size() + 1);
      arguments.rules.tokens.emplace(value, person);
    } else if (word == "--state") {
      arguments.state = value;
    } else {
      throw std::invalid_argument("unknown option " + std::string(word));
    }
  }
  return arguments;
}

FormsServer open(const Arguments& arguments) {
  if (arguments.state.empty() || !std::filesystem::exists(arguments.state)) {
    return FormsServer(arguments.rules);
  }
  std::ifstream file(arguments.state, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file) throw std::runtime_error("cannot read " + arguments.state.string());
  return FormsServer::restore(arguments.rules, text);
}

// Beside the file, then renamed: a failure leaves the old state.
void save(const FormsServer& server, const std::filesystem::path& path) {
  const std::filesystem::path fresh = path.string() + ".new";
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file << server.serialise();
  file.close();
  if (!file) throw std::runtime_error("cannot write " + fresh.string());
  std::filesystem::rename(fresh, path);
}

lodge::Time now() {
  return std::chrono::time_point_cast<lodge::Duration>(std::chrono::system_clock::now());
}

int run(const Arguments& arguments) {
  // Blocked before the listener's thread exists, so that sigwait below is the one to get them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  umask(077);  // the state holds forms
  FormsServer server = open(arguments);
  Listener listener([&](const lodge::Request& request) { return server.handle(request, now()); },
                    {.port = arguments.port, .body_limit = arguments.rules.body_limit});
  std::cout << "listening on " << listener.url() << arguments.rules.base_path << std::endl;
  int signal = 0;
  sigwait(&ends, &signal);
  listener.stop();
  if (!arguments.state.empty()) save(server, arguments.state);
  const Tally& tally = server.ledger().tally;
  std::cout << tally.requests << " requests, " << server.ledger().effects().size() << " effects, "
            << tally.replays << " replays, " << tally.refusals << " refusals" << std::endl;
  return 0;
}

}  // namespace

int main(int count, char** words) {
  try {
    const Arguments arguments = parse(count, words);
    if (!arguments.help) return run(arguments);
    std::cout << usage;
    return 0;
  } catch (const std::invalid_argument& wrong) {
    std::cerr << "forms-server: " << wrong.what() << "\n" << usage;
    return 2;
  } catch (const std::exception& failure) {
    std::cerr << "forms-server: " << failure.what() << "\n";
    return 1;
  }
}
