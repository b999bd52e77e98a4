#include "benchmark/families/watched_work.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "benchmark/store/forms.hpp"

namespace lodge::benchmark {

std::vector<std::string> watch_work(const std::string& tool, const std::string& what, int count,
                                    std::size_t bytes) {
  const DiskFolder folder(true);
  const std::string report = folder / "report";
  const std::string command = tool + report + " " +
                              std::filesystem::read_symlink("/proc/self/exe").string() +
                              " --work " + what + " --count " + std::to_string(count) + " --size " +
                              std::to_string(bytes) + " >/dev/null 2>&1";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
  std::vector<std::string> lines;
  std::ifstream file(report);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

}  // namespace lodge::benchmark
