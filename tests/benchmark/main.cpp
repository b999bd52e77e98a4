#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <set>
#include <string>

#include "benchmark/families/families.hpp"
#include "benchmark/http/counting_server.hpp"

using namespace lodge::benchmark;

namespace {

struct Arguments {
  Settings settings{};
  std::set<std::string> names{};
  std::string json{};
  std::string work{};
  int count = 0;
};

[[noreturn]] void explain() {
  std::printf(
      "run [NAME...] [--size BYTES] [--rounds N] [--rows N] [--json FILE]\n"
      "Without a name: all that are not slow. \"all\": all.\n");
  for (const Family& family : families()) std::printf("  %-13s %s\n", family.name, family.about);
  std::exit(2);
}

Arguments parse(int count, char** words) {
  Arguments arguments;
  const auto number = [&](int& at) {
    if (at + 1 >= count) explain();
    return std::atol(words[++at]);
  };
  for (int at = 1; at < count; ++at) {
    const std::string word = words[at];
    if (word == "--size") {
      arguments.settings.bytes = static_cast<std::size_t>(number(at));
    } else if (word == "--rounds") {
      arguments.settings.rounds = static_cast<int>(number(at));
    } else if (word == "--rows") {
      arguments.settings.rows = number(at);
    } else if (word == "--count") {
      arguments.count = static_cast<int>(number(at));
    } else if (word == "--json" && at + 1 < count) {
      arguments.json = words[++at];
    } else if (word == "--work" && at + 1 < count) {
      arguments.work = words[++at];
    } else if (word.starts_with("-")) {
      explain();
    } else {
      arguments.names.insert(word);
    }
  }
  return arguments;
}

}  // namespace

int main(int count, char** words) try {
  if (count >= 4 && std::string(words[1]) == "--server")
    return run_counting_server(std::atoi(words[2]), manner_of(words[3]),
                               count > 4 ? words[4] : "127.0.0.1");
  const Arguments arguments = parse(count, words);
  if (!arguments.work.empty())
    return do_work(arguments.work, arguments.count, arguments.settings.bytes);
  std::vector<Figure> all;
  std::size_t known = 0;
  for (const Family& family : families()) {
    const bool named = arguments.names.contains(family.name);
    known += named ? 1 : 0;
    const bool wanted =
        arguments.names.contains("all") || named || (arguments.names.empty() && family.by_default);
    if (!wanted) continue;
    Report report(family.name);
    family.measure(report, arguments.settings);
    all.insert(all.end(), report.figures().begin(), report.figures().end());
  }
  if (known + arguments.names.count("all") != arguments.names.size()) explain();
  if (!arguments.json.empty()) std::ofstream(arguments.json) << as_json(all) << '\n';
  bool noisy = false;
  for (const Figure& figure : all) noisy = noisy || figure.too_noisy;
  return noisy ? 3 : 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "benchmark: %s\n", error.what());
  return 1;
}
