#include <regex>
#include <set>

#include "docs/markdown.hpp"
#include "support/catch.hpp"

using namespace lodge::test;

namespace {

std::set<std::string> all_matches(const std::string& text, const std::regex& expression) {
  std::set<std::string> found;
  for (auto i = std::sregex_iterator(text.begin(), text.end(), expression);
       i != std::sregex_iterator(); ++i) {
    found.insert((*i)[1].str());
  }
  return found;
}

void check_page_names(const char* page, const std::set<std::string>& names) {
  REQUIRE_FALSE(names.empty());
  const std::string text = text_of(project / "docs" / page);
  for (const std::string& name : names) {
    INFO(page << " says nothing of `" << name << "`");
    CHECK(text.find("`" + name + "`") != std::string::npos);
  }
}

/// The enumerators of `enum class NAME { ... };`, comments aside.
std::set<std::string> enumerators(const char* file, const std::string& name) {
  const std::string text = text_of(project / file);
  const auto begin = text.find("enum class " + name + " {");
  REQUIRE(begin != std::string::npos);
  const auto open = text.find('{', begin) + 1;
  std::string body = text.substr(open, text.find("};", open) - open);
  body = std::regex_replace(body, std::regex("//[^\n]*"), "");
  return all_matches(body, std::regex("([a-z_]+)"));
}

}  // namespace

TEST_CASE("store.md describes every table") {
  const std::string schema = text_of(project / "storage" / "schema" / "schema.cpp");
  check_page_names("store.md", all_matches(schema, std::regex("CREATE TABLE ([a-z]+)")));
}

TEST_CASE("store.md lists every action that the history can hold") {
  const std::regex literal(R"re(action = "([a-z ]+)")re");
  const std::regex conditional(R"re(\.action = [a-z._]+ \? "([a-z ]+)" : )re");
  const std::regex logged(R"re(log_state\(database, \*?[a-z]+, "([a-z ]+)")re");
  const std::regex decided(R"re(constexpr const char\* [a-z_]+ = "([a-z ]+)")re");
  std::set<std::string> actions;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(project / "storage")) {
    if (!entry.is_regular_file()) continue;
    const std::string text = text_of(entry.path());
    for (const std::regex& pattern : {literal, conditional, logged}) {
      actions.merge(all_matches(text, pattern));
    }
  }
  actions.merge(all_matches(text_of(project / "queue" / "actions.hpp"), decided));
  CHECK(actions.contains("submitted"));
  CHECK(actions.contains("resumed"));
  CHECK(actions.contains("interrupted"));
  CHECK(actions.contains("checked"));
  check_page_names("store.md", actions);
}

TEST_CASE("states.md explains every state, hold and conflict policy") {
  check_page_names("states.md", enumerators("storage/include/lodge/submission.hpp", "State"));
  check_page_names("states.md", enumerators("queue/include/lodge/hold.hpp", "HoldReason"));
  check_page_names("states.md",
                   enumerators("storage/include/lodge/conflict.hpp", "ConflictPolicy"));
}

TEST_CASE("wire.md has a row for every status that has one of its own in the code") {
  const std::string code = text_of(project / "queue" / "answer" / "classify.cpp");
  const std::string page = text_of(project / "docs" / "wire.md");
  for (const std::string& status : all_matches(code, std::regex(R"(\{(\d{3}), \1, )"))) {
    INFO("wire.md says nothing of " << status);
    CHECK(page.find(status) != std::string::npos);
  }
}
