#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "benchmark/families/families.hpp"
#include "benchmark/measure/process_counts.hpp"
#include "benchmark/measure/turns.hpp"
#include "benchmark/store/forms.hpp"

namespace lodge::benchmark {
namespace {

std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return text;
  std::array<char, 512> part{};
  while (fgets(part.data(), static_cast<int>(part.size()), pipe) != nullptr) text += part.data();
  pclose(pipe);
  return text;
}

double kilobytes(const std::filesystem::path& file) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(file, ignored);
  return ignored ? 0 : static_cast<double>(size) / 1024;
}

// A program that only opens a client, linked as an application would be.
void measure_program(Report& report, const DiskFolder& folder) {
  std::ofstream(folder / "header.cpp") << "#include <lodge/client.hpp>\n";
  std::ofstream(folder / "json.cpp") << "#include <nlohmann/json.hpp>\n";
  std::ofstream(folder / "main.cpp")
      << "#include <lodge/client.hpp>\nint main(int, char** words) {\n"
         "  lodge::Client client({.store = words[1], .endpoint = \"https://forms.example.org\"});\n"
         "  client.submit(client.edit({\"a\", \"b\"}));\n}\n";
  const std::string source = LODGE_SOURCE;
  const std::string build = LODGE_BUILD;
  const std::string compile = "c++ -std=c++20 -O2 -I" + source + "/client/include -I" + source +
                              "/queue/include -I" + source + "/storage/include ";
  const auto compile_time = [&](const std::string& file) {
    std::vector<double> times;
    for (int i = 0; i < 3; ++i) {
      times.push_back(std::strtod(output_of("bash -c 'TIMEFORMAT=%U; time " + compile +
                                            "-fsyntax-only " + (folder / file) + "' 2>&1")
                                      .c_str(),
                                  nullptr));
    }
    return median(times);
  };
  const auto lines = [&](const std::string& file) {
    return std::strtod(output_of(compile + "-E -P " + (folder / file) + " | wc -l").c_str(),
                       nullptr);
  };
  const double header = compile_time("header.cpp");
  const double json = compile_time("json.cpp");
  report.add({.what = "compile time of <lodge/client.hpp>", .value = header, .unit = "s"});
  report.add({.what = "of that, <nlohmann/json.hpp>", .value = json, .unit = "s"});
  report.add({.what = "compile time, to <nlohmann/json.hpp> alone",
              .value = header / json,
              .unit = "x"});
  const double all_lines = lines("header.cpp");
  report.add({.what = "preprocessed lines", .value = all_lines});
  report.add({.what = "preprocessed lines, to <nlohmann/json.hpp> alone",
              .value = all_lines / lines("json.cpp"),
              .unit = "x"});
  const std::string program = folder / "program";
  const std::string libraries = build + "/client/liblodge.a " + build + "/queue/liblodge_queue.a " +
                                build + "/storage/liblodge_storage.a " + build +
                                "/storage/liblodge_records.a ";
  double archives = 0;
  for (const char* one : {"client/liblodge", "queue/liblodge_queue", "storage/liblodge_storage",
                          "storage/liblodge_records"}) {
    const std::string copy = folder / "archive.a";
    output_of("strip -g -o " + copy + " " + build + "/" + one + ".a 2>&1");
    archives += kilobytes(copy);
  }
  report.add({.what = "the four static libraries without debug information",
              .value = archives,
              .unit = "KiB"});
  output_of(compile + (folder / "main.cpp") + " -Wl,--gc-sections " + libraries +
            "-lsqlite3 -lcurl -lcrypto -lpthread -s -o " + program + " 2>&1");
  report.add({.what = "stripped program that opens a client and submits",
              .value = kilobytes(program),
              .unit = "KiB"});
  std::string needed;
  int count = 0;
  std::size_t at = 0;
  const std::string said = output_of("readelf -d " + program + " 2>/dev/null");
  while ((at = said.find("Shared library: [", at)) != std::string::npos) {
    at += 17;
    needed += (needed.empty() ? "" : " ") + said.substr(at, said.find(']', at) - at);
    ++count;
  }
  report.add({.what = "shared libraries it links directly",
              .value = static_cast<double>(count),
              .note = needed});
}

void measure_memory(Report& report, const Settings& settings) {
  const auto found = in_child([&] {
    const DiskFolder folder;
    const auto open = [&](int number) {
      auto client =
          std::make_unique<Client>(offline_options(folder / "store" + std::to_string(number)));
      client->set_network(Path::offline);
      client->submit_all(new_drafts(*client, 10, settings.bytes, 0));
      return client;
    };
    std::vector<std::unique_ptr<Client>> clients;
    clients.push_back(open(0));
    const long before = memory().resident;
    for (int i = 1; i <= 10; ++i) clients.push_back(open(i));
    std::map<std::string, double> values;
    values["client"] = static_cast<double>(memory().resident - before) / 10;
    for (int i = 0; i < 10; ++i)
      clients[0]->submit_all(new_drafts(*clients[0], 1'000, settings.bytes, 1'000 * i));
    const long some = memory().anonymous;
    for (int i = 0; i < 20; ++i)
      clients[0]->submit_all(new_drafts(*clients[0], 1'000, settings.bytes, 20'000 + 1'000 * i));
    values["form"] = static_cast<double>(memory().anonymous - some) * 1024 / 20'000;
    return values;
  });
  report.add({.what = "memory of an idle client (the second and later)",
              .value = found.at("client"),
              .unit = "KiB"});
  report.add({.what = "memory of a queued form", .value = found.at("form"), .unit = "B"});
}

}  // namespace

void measure_footprint(Report& report, const Settings& settings) {
  const DiskFolder folder;
  measure_program(report, folder);
  measure_memory(report, settings);
}

}  // namespace lodge::benchmark
