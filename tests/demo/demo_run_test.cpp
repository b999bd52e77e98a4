#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"

namespace lodge::demo {
namespace {

using nlohmann::json;
using test::ChildProcess;

struct Run {
  int status = -1;
  std::string output{};
};

Run run_demo(std::vector<std::string> words, const std::vector<std::string>& environment = {}) {
  words.insert(words.begin(), LODGE_DEMO_PROGRAM);
  ChildProcess child(words, environment);
  const int status = child.wait();
  return {status, child.output()};
}

}  // namespace

TEST_CASE("the demo's day ends with a proof that every form arrived once and in order") {
  const test::TemporaryFolder folder;
  const Run run =
      run_demo({"--fast", "--rows", "120", "--seed", "7", "--json"}, {"TMPDIR=" + folder.path()});
  INFO(run.output);
  REQUIRE(run.status == 0);
  const json report = json::parse(run.output);  // one object, and nothing else
  CHECK(report["seed"] == 7);
  CHECK(report["rows"] == 120);
  CHECK(report["proof_holds"] == true);
  CHECK(report["failed"].empty());
  CHECK(report["lost"] == 0);
  CHECK(report["doubled"] == 0);
  CHECK(report["out_of_order"] == 0);
  CHECK(report["altered"] == 0);
  CHECK(report["people"]["forms_filed"] == 120);
  CHECK(report["submissions"] == report["acknowledged"]);
  CHECK(report["states"]["delivered"] == report["server"]["our_effects"]);
  CHECK(report["conflicts"]["found"] == 4);
  CHECK(report["conflicts"]["merged_by_itself"] == 3);
  CHECK(report["history"]["verified"] == true);
  for (const char* trouble : {"portal_answers", "busy_answers", "lost_replies", "cut_replies",
                              "foreign_edits", "kills_while_filing", "kills_while_flushing"}) {
    INFO(trouble);
    CHECK(report["troubles"][trouble] > 0);
  }
  CHECK(std::filesystem::is_empty(folder.path()));  // the store went with it
}

TEST_CASE("the demo says what is wrong with its command line, with exit status 64") {
  const Run wrong = run_demo({"--rows", "many"});
  CHECK(wrong.status == 64);
  CHECK(wrong.output.find("--rows wants a number from 60 to 500") != std::string::npos);
  const Run help = run_demo({"--help"});
  CHECK(help.status == 0);
  CHECK(help.output.find("--seed N") != std::string::npos);
}

TEST_CASE("the demo never touches a store that is there already") {
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder / "store.lodge");
  const Run run = run_demo({"--fast", "--keep", folder.path()});
  CHECK(run.status == 64);
  CHECK(run.output.find("exists already") != std::string::npos);
}

}  // namespace lodge::demo
