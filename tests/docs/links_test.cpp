#include <algorithm>
#include <cctype>
#include <regex>

#include "docs/markdown.hpp"
#include "support/catch.hpp"

using namespace lodge::test;

namespace {

std::vector<std::string> matches(const std::string& text, const char* pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (auto i = std::sregex_iterator(text.begin(), text.end(), expression);
       i != std::sregex_iterator(); ++i) {
    found.push_back((*i)[1].str());
  }
  return found;
}

bool exists_with_any_ending(const std::string& path) {
  for (const char* ending : {"", ".hpp", ".cpp"}) {
    if (std::filesystem::exists(project / (path + ending))) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("every link of the documentation leads to a file that is there") {
  for (const auto& page : pages()) {
    for (std::string target : matches(text_of(page), R"(\]\(([A-Za-z0-9_./:#-]+)\))")) {
      if (target.starts_with("http") || target.starts_with("#")) continue;
      target = target.substr(0, target.find('#'));
      INFO(page.filename() << " links to " << target);
      CHECK(std::filesystem::exists(page.parent_path() / target));
    }
  }
}

TEST_CASE("every source file that the documentation names is there") {
  for (const auto& page : pages()) {
    const auto named =
        matches(text_of(page), R"(`((?:client|queue|storage|demo|tests|docs)/[a-z_./-]*[a-z])`)");
    for (const std::string& file : named) {
      INFO(page.filename() << " names " << file);
      CHECK(exists_with_any_ending(file));
    }
  }
}

TEST_CASE("the documentation names nothing outside the project") {
  // What every Linux machine has, and the path of an example's URL.
  const auto is_everywhere = [](const std::string& path) {
    return path.starts_with("/dev/") || path.starts_with("/proc/") || path.starts_with("/v1/");
  };
  for (const auto& page : pages()) {
    const std::string text = text_of(page);
    for (const auto& path : matches(text, R"((?:^|[^\w./}>*-]|//)(/[A-Za-z][\w./-]*))")) {
      INFO(page.filename() << " names " << path);
      CHECK(is_everywhere(path));
    }
    for (const auto& path : matches(text, R"((?:^|[^\w./])(\.\./[\w./-]*))")) {
      INFO(page.filename() << " names " << path);
      CHECK(std::filesystem::exists(page.parent_path() / path));
    }
  }
}
