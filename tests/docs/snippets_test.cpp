#include <algorithm>
#include <optional>
#include <set>

#include "docs/markdown.hpp"
#include "support/catch.hpp"

using namespace lodge::test;

namespace {

/// A fenced block, and the file that its marker above says it is: <!-- docs/snippets/x.cpp -->.
struct Block {
  std::string page{};
  std::size_t line = 0;
  std::string language{};
  std::string file{};
  std::string text{};
};

std::string file_named_in(const std::string& line) {
  if (!line.starts_with("<!-- ") || !line.ends_with(" -->")) return {};
  return line.substr(5, line.size() - 9);
}

std::vector<Block> blocks_of(const std::filesystem::path& page) {
  std::vector<Block> blocks;
  std::optional<Block> open;
  std::string above;
  const auto lines = lines_of(page);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (open && line == "```") {
      blocks.push_back(*std::move(open));
      open.reset();
    } else if (open) {
      open->text += line + "\n";
    } else if (line.starts_with("```")) {
      open = Block{page.filename(), i + 1, line.substr(3), file_named_in(above), {}};
    }
    above = line;
  }
  return blocks;
}

std::string without_indent(const std::string& line, std::size_t indent) {
  return line.size() >= indent ? line.substr(indent) : std::string();
}

/// What lies between "// from here" and "// to here", an empty line between two such parts.
std::string shown_part(const std::filesystem::path& file) {
  std::string text;
  std::optional<std::size_t> indent;
  for (const std::string& line : lines_of(file)) {
    const auto begin = line.find("// from here");
    if (begin != std::string::npos) {
      if (!text.empty()) text += "\n";
      indent = begin;
    } else if (line.find("// to here") != std::string::npos) {
      indent.reset();
    } else if (indent) {
      text += without_indent(line, *indent) + "\n";
    }
  }
  return text;
}

}  // namespace

TEST_CASE("every C++ block of the documentation is a compiled file, word by word") {
  int compared = 0;
  for (const auto& page : pages()) {
    for (const Block& block : blocks_of(page)) {
      if (block.language != "cpp") continue;
      INFO(block.page << ":" << block.line << " shows " << block.file);
      REQUIRE(block.file.starts_with("docs/snippets/"));
      REQUIRE(std::filesystem::exists(project / block.file));
      CHECK(block.text == shown_part(project / block.file));
      ++compared;
    }
  }
  CHECK(compared > 0);
}

TEST_CASE("every snippet is shown somewhere") {
  std::set<std::string> shown;
  for (const auto& page : pages()) {
    for (const Block& block : blocks_of(page)) shown.insert(block.file);
  }
  for (const auto& entry : std::filesystem::directory_iterator(project / "docs" / "snippets")) {
    const std::string file = "docs/snippets/" + entry.path().filename().string();
    INFO(file);
    CHECK(shown.contains(file));
  }
}
