#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace lodge::test {

inline const std::filesystem::path project = LODGE_PROJECT_FOLDER;

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

inline std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::istringstream stream(text_of(file));
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// README.md and every page of docs/.
inline std::vector<std::filesystem::path> pages() {
  std::vector<std::filesystem::path> found = {project / "README.md"};
  for (const auto& entry : std::filesystem::directory_iterator(project / "docs")) {
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  }
  return found;
}

}  // namespace lodge::test
