#include "benchmark/measure/process_counts.hpp"

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace lodge::benchmark {
namespace {

long number_in(const std::filesystem::path& file, const std::string& name) {
  std::ifstream lines(file);
  std::string line;
  while (std::getline(lines, line))
    if (line.starts_with(name + ":")) return std::stol(line.substr(name.size() + 1));
  return 0;
}

}  // namespace

std::map<std::string, long> wakeups() {
  std::map<std::string, long> found;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == std::to_string(gettid())) continue;
    std::string name;
    std::getline(std::ifstream(task.path() / "comm") >> std::ws, name);
    found[name] += number_in(task.path() / "status", "voluntary_ctxt_switches");
  }
  return found;
}

Memory memory() {
  const std::filesystem::path status = "/proc/self/status";
  return {number_in(status, "VmRSS"), number_in(status, "RssAnon"), number_in(status, "VmHWM")};
}

std::map<std::string, double> in_child(const std::function<std::map<std::string, double>()>& body) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  std::fflush(stdout);
  // What earlier families have freed would be counted as the child's memory.
  malloc_trim(0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    std::ostringstream text;
    try {
      for (const auto& [name, value] : body()) text << name << '\t' << value << '\n';
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
    }
    const std::string said = text.str();
    const ssize_t written = write(ends[1], said.data(), said.size());
    _exit(written < 0 ? 1 : 0);
  }
  close(ends[1]);
  std::string said;
  char bytes[4096];
  for (ssize_t got = 0; (got = read(ends[0], bytes, sizeof bytes)) > 0;)
    said.append(bytes, static_cast<std::size_t>(got));
  close(ends[0]);
  waitpid(child, nullptr, 0);
  std::map<std::string, double> values;
  std::istringstream lines(said);
  std::string line;
  while (std::getline(lines, line)) {
    const std::size_t tab = line.find('\t');
    values[line.substr(0, tab)] = std::stod(line.substr(tab + 1));
  }
  return values;
}

}  // namespace lodge::benchmark
