#include <span>

#include "storage/schema/meta.hpp"
#include "storage/store_fixture.hpp"
#include "storage/tables/attempts.hpp"
#include "storage/tables/drafts.hpp"
#include "storage/tables/outbox.hpp"
#include "storage/tables/receipts.hpp"
#include "storage/tables/records.hpp"
#include "storage/tables/streams.hpp"
#include "storage/tables/submissions.hpp"

using namespace lodge::storage;
using namespace lodge::storage::test;

namespace {

/// The lines of SQLite's plan for a statement.
std::vector<std::string> plan_of(Database& database, const char* sql) {
  Statement explain(database, std::string("EXPLAIN QUERY PLAN ") + sql);
  std::vector<std::string> lines;
  while (explain.step()) lines.emplace_back(explain.text(3));
  return lines;
}

bool is_costly(const std::string& line) {
  return line.starts_with("SCAN ") ? line != "SCAN CONSTANT ROW"
                                   : line.find("TEMP B-TREE") != std::string::npos;
}

}  // namespace

TEST_CASE("no statement of a call scans a table or sorts") {
  Kiosk kiosk;
  Database database({.path = kiosk.path(), .read_only = true});
  int statements = 0;
  for (const auto& all :
       {attempt_statements(), draft_statements(), meta_statements(), outbox_statements(),
        receipt_statements(), record_statements(), stream_statements(), submission_statements()}) {
    for (const char* sql : all) {
      ++statements;
      for (const std::string& line : plan_of(database, sql)) {
        INFO(sql);
        INFO(line);
        CHECK_FALSE(is_costly(line));
      }
    }
  }
  CHECK(statements > 40);
}

TEST_CASE("what is due is read from the index of due times alone") {
  Kiosk kiosk;
  Database database({.path = kiosk.path(), .read_only = true});
  int found = 0;
  for (const char* sql : outbox_statements()) {
    for (const std::string& line : plan_of(database, sql)) {
      if (line.find("submissions_due (stream=?") != std::string::npos) ++found;
    }
  }
  CHECK(found == 3);
}
