#include "storage/store_fixture.hpp"

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::storage::test;

namespace {

struct Breach {
  const char* sql;
  const char* sentence;
};

constexpr const char* unseal =
    "PRAGMA ignore_check_constraints = ON;"
    "DROP TRIGGER submissions_are_sealed; DROP TRIGGER submissions_stay_final;"
    "DROP TRIGGER requests_are_sealed; DROP TRIGGER requests_are_kept;"
    " DROP TRIGGER submissions_are_kept;";

// Submissions 1 to 5: delivered, sending, pending, pending behind 3, rejected.
constexpr Breach breaches[] = {
    {"UPDATE streams SET pending = pending + 1", "a stream's counts differ"},
    {"UPDATE streams SET delivered = delivered + 1", "the sum of all states"},
    {"DELETE FROM submissions WHERE number = 4", "submissions are not numbered without gaps"},
    {"UPDATE submissions SET ready = 1 WHERE number = 4", "is not the first of its record"},
    {"UPDATE submissions SET ready = 1 WHERE number = 4", "two ready submissions"},
    {"UPDATE submissions SET ready = 0 WHERE number = 3", "is idle"},
    {"UPDATE submissions SET state = 'pending', ready = 1 WHERE number = 2", "under way"},
    {"UPDATE submissions SET place = 9 WHERE number = 4", "beyond its record's next place"},
    {"UPDATE attempts SET ended_at = 1", "being sent without an open attempt"},
    {"UPDATE submissions SET state = 'rejected' WHERE number = 2", "that is not being sent"},
    {"UPDATE attempts SET record = 3", "another record than its submission"},
    {"UPDATE attempts SET request = 7", "names no request"},
    {"UPDATE submissions SET request = 2 WHERE number = 1", "not numbered 1 to its newest"},
    {"UPDATE submissions SET evidence = NULL WHERE number = 1", "has no proof"},
    {"UPDATE submissions SET evidence = '' WHERE number = 1", "has no proof"},
    {"UPDATE submissions SET evidence = 'x' WHERE number = 3", "has a receipt"},
    {"UPDATE submissions SET state = 'conflicted' WHERE number = 5", "has no conflict"},
    {"UPDATE submissions SET state = 'replaced', replaced_by = randomblob(16), settled_at = 1 "
     "WHERE number = 5",
     "do not name each other"},
    {"UPDATE drafts SET id = (SELECT id FROM submissions WHERE number = 1)",
     "under the id of a submission"},
    {"DELETE FROM contents WHERE number = 1", "names one that is not there"},
    {"UPDATE contents SET bytes = CAST('x' AS BLOB) WHERE number = 1", "does not match its digest"},
    {"UPDATE drafts SET bytes = CAST('x' AS BLOB)", "a draft does not match its digest"},
    {"UPDATE streams SET bytes = bytes + 1", "a stream's counts differ"},
    {"UPDATE streams SET drafts = 7", "a stream's drafts differ"},
    {"DELETE FROM drafts", "a stream's drafts differ"},
    {"UPDATE drafts SET lane = 'elsewhere'", "a draft belongs to no stream"},
    {"UPDATE streams SET delivered_at = 0", "later than its stream knows"},
    {"UPDATE submissions SET state = 'pending', ready = 1 WHERE number = 5",
     "its history says rejected"},
    {"DELETE FROM history WHERE number = 1", "is missing"},
};

}  // namespace

TEST_CASE("each broken rule is told by a sentence") {
  Kiosk kiosk;
  const auto sent = kiosk.submit("a", R"({"n":1})");
  const auto open = kiosk.submit("b", R"({"n":2})");
  kiosk.submit("c", R"({"n":3})");
  kiosk.submit("c", R"({"n":4})");
  const auto bad = kiosk.submit("d", R"({"n":5})");
  kiosk.save(kiosk.form("e"), R"({"n":6})");
  kiosk.deliver(sent.id);
  kiosk.attempt(bad.id, State::rejected);
  kiosk.claim(open.id);
  CHECK_INTACT(kiosk);
  const auto number = GENERATE(range(std::size_t{0}, std::size(breaches)));
  const Breach& breach = breaches[number];
  INFO(breach.sql);
  tamper(kiosk.path(), (std::string(unseal) +
                        "DROP TRIGGER contents_are_sealed; DROP TRIGGER contents_are_kept;"
                        "DROP TRIGGER history_is_never_deleted;" +
                        breach.sql)
                           .c_str());
  const auto broken = kiosk.store().broken_invariants();
  const bool told = std::ranges::any_of(broken, [&](const std::string& sentence) {
    return sentence.find(breach.sentence) != std::string::npos;
  });
  for (const std::string& sentence : broken) UNSCOPED_INFO(sentence);
  CHECK(told);
}
