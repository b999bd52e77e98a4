#include "storage/tables/invariants.hpp"

#include "storage/history/history_log.hpp"
#include "storage/tables/columns.hpp"
#include "storage/tables/contents.hpp"

namespace lodge::storage {
namespace {

/// `sql` names what breaks the rule, in its first column.
struct Rule {
  const char* sentence;
  const char* sql;
};

constexpr const char* select_last_of_page =
    "SELECT coalesce(max(number), 0) FROM (SELECT number FROM submissions WHERE number > ?1 "
    "ORDER BY number LIMIT ?2)";

constexpr Rule rules[] = {
    {"a stream's counts differ from its submissions",
     "SELECT t.number FROM streams t LEFT JOIN (SELECT stream, sum(state = 'pending') AS pending, "
     "sum(state = 'sending') AS sending, sum(state = 'unconfirmed') AS unconfirmed, "
     "sum(state = 'conflicted') AS conflicted, sum(state = 'rejected') AS rejected, "
     "sum(state = 'delivered') AS delivered, sum(state = 'withdrawn') AS withdrawn, "
     "sum(state = 'replaced') AS replaced, sum(iif(settled_at IS NULL, size, 0)) AS bytes "
     "FROM submissions GROUP BY stream) c "
     "ON c.stream = t.number WHERE t.pending <> coalesce(c.pending, 0) "
     "OR t.sending <> coalesce(c.sending, 0) OR t.unconfirmed <> coalesce(c.unconfirmed, 0) "
     "OR t.conflicted <> coalesce(c.conflicted, 0) OR t.rejected <> coalesce(c.rejected, 0) "
     "OR t.delivered <> coalesce(c.delivered, 0) OR t.withdrawn <> coalesce(c.withdrawn, 0) "
     "OR t.replaced <> coalesce(c.replaced, 0) OR t.bytes <> coalesce(c.bytes, 0)"},
    {"a stream's drafts differ from those that are stored",
     "SELECT t.number FROM streams t WHERE t.drafts <> (SELECT count(*) FROM drafts d "
     "JOIN records r ON r.number = d.record WHERE r.collection = t.collection "
     "AND d.identity = t.identity AND d.lane = t.lane)"},
    {"a draft belongs to no stream",
     "SELECT hex(d.id) FROM drafts d JOIN records r ON r.number = d.record WHERE NOT EXISTS "
     "(SELECT 1 FROM streams t WHERE t.collection = r.collection AND t.identity = d.identity "
     "AND t.lane = d.lane)"},
    {"a delivery is later than its stream knows",
     "SELECT s.number FROM submissions s JOIN streams t ON t.number = s.stream "
     "WHERE s.state = 'delivered' AND s.settled_at > t.delivered_at"},
    {"the sum of all states is not the number of submissions",
     "SELECT made FROM (SELECT (SELECT count(*) FROM submissions) AS made, coalesce((SELECT "
     "sum(pending + sending + unconfirmed + conflicted + rejected + delivered + withdrawn + "
     "replaced) "
     "FROM streams), 0) AS counted) WHERE made <> counted"},
    {"submissions are not numbered without gaps",
     "SELECT coalesce(max(number), 0) AS newest FROM submissions HAVING newest <> count(*)"},
    {"a ready submission is not the first of its record",
     "SELECT s.number FROM submissions s WHERE s.ready = 1 AND EXISTS (SELECT 1 FROM submissions e "
     "WHERE e.record = s.record AND e.place < s.place AND e.settled_at IS NULL)"},
    {"a record has two ready submissions",
     "SELECT record FROM submissions WHERE ready = 1 GROUP BY record HAVING count(*) > 1"},
    {"the first submission of a record is idle",
     "SELECT s.number FROM submissions s WHERE s.state IN ('pending', 'unconfirmed') "
     "AND s.ready = 0 AND NOT EXISTS (SELECT 1 FROM submissions e WHERE e.record = s.record "
     "AND e.place < s.place AND e.settled_at IS NULL) AND NOT EXISTS (SELECT 1 FROM attempts a "
     "WHERE a.record = s.record AND a.ended_at IS "
     "NULL)"},
    {"a ready submission has an attempt of its record under way",
     "SELECT s.number FROM submissions s WHERE s.ready = 1 AND EXISTS (SELECT 1 FROM attempts a "
     "WHERE a.record = s.record AND a.ended_at IS NULL)"},
    {"a submission is at or beyond its record's next place",
     "SELECT s.number FROM submissions s JOIN records r ON r.number = s.record "
     "WHERE s.place >= r.next_place"},
    {"a submission is being sent without an open attempt",
     "SELECT s.number FROM submissions s WHERE s.state = 'sending' AND (SELECT count(*) "
     "FROM attempts a WHERE a.submission = s.number AND a.ended_at IS NULL) <> 1"},
    {"an attempt is open for a submission that is not being sent",
     "SELECT a.number FROM attempts a JOIN submissions s ON s.number = a.submission "
     "WHERE a.ended_at IS NULL AND s.state NOT IN ('sending', 'withdrawn')"},
    {"a record has two open attempts",
     "SELECT record FROM attempts WHERE ended_at IS NULL GROUP BY record HAVING count(*) > 1"},
    {"an attempt belongs to another record than its submission",
     "SELECT a.number FROM attempts a JOIN submissions s ON s.number = a.submission "
     "WHERE a.record <> s.record"},
    {"an attempt names no request of its submission",
     "SELECT a.number FROM attempts a WHERE (a.step = 'send' OR a.request > 0) AND NOT EXISTS "
     "(SELECT 1 FROM requests q WHERE q.submission = a.submission AND q.number = a.request)"},
    {"a key stands for two requests",
     "SELECT hex(key) FROM requests GROUP BY key HAVING count(*) > 1"},
    {"a submission's requests are not numbered 1 to its newest",
     "SELECT s.number FROM submissions s WHERE s.request <> (SELECT count(*) FROM requests q "
     "WHERE q.submission = s.number) OR s.request <> (SELECT coalesce(max(q.number), 0) "
     "FROM requests q WHERE q.submission = s.number)"},
    {"a delivered submission has no proof",
     "SELECT number FROM submissions WHERE state = 'delivered' AND coalesce(evidence, '') = ''"},
    {"a submission that is not delivered has a receipt",
     "SELECT number FROM submissions WHERE state <> 'delivered' AND (evidence IS NOT NULL "
     "OR delivered_version IS NOT NULL)"},
    {"a conflicted submission has no conflict",
     "SELECT s.number FROM submissions s WHERE s.state = 'conflicted' AND NOT EXISTS "
     "(SELECT 1 FROM conflicts c WHERE c.submission = s.number)"},
    {"a replaced submission and its replacement do not name each other",
     "SELECT s.number FROM submissions s WHERE s.replaced_by IS NOT NULL AND NOT EXISTS "
     "(SELECT 1 FROM submissions n WHERE n.id = s.replaced_by AND n.replaces = s.id "
     "AND n.record = s.record AND n.place = s.place)"},
    {"a draft is stored under the id of a submission",
     "SELECT hex(d.id) FROM drafts d WHERE EXISTS (SELECT 1 FROM submissions s WHERE s.id = d.id)"},
    {"a row names one that is not there", "SELECT \"table\" FROM pragma_foreign_key_check"},
    {"SQLite finds the file damaged",
     "SELECT quick_check FROM pragma_quick_check WHERE quick_check <> 'ok'"},
};

constexpr const char* select_state_breach =
    "SELECT s.id, s.state, h.state FROM submissions s LEFT JOIN history h ON h.number = "
    "(SELECT max(l.number) FROM history l INDEXED BY history_of_submission "
    "WHERE l.submission = s.id AND l.state IS NOT NULL) WHERE s.number > ?1 AND s.number <= ?2 AND "
    "h.state IS NOT CASE s.state "
    "WHEN 'sending' THEN CASE s.doubt WHEN 1 THEN 'unconfirmed' ELSE 'pending' END "
    "ELSE s.state END LIMIT 1";
constexpr const char* select_lost_submission =
    "SELECT h.submission FROM history h WHERE h.number > ?1 AND h.number <= ?2 AND h.state IS NOT "
    "NULL AND h.submission IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM submissions s WHERE s.id = h.submission) LIMIT 1";
constexpr const char* select_texts =
    "SELECT number, digest, bytes FROM contents WHERE bytes IS NOT NULL";
constexpr const char* select_draft_texts = "SELECT id, digest, bytes FROM drafts";

void check_rules(Database& database, std::vector<std::string>& broken) {
  for (const Rule& rule : rules) {
    auto found = database.use(rule.sql);
    if (found->step()) {
      broken.push_back(std::string(rule.sentence) + " (" + string_column(*found, 0) + ")");
    }
  }
}

void check_texts(Database& database, std::vector<std::string>& broken) {
  auto texts = database.use(select_texts);
  while (texts->step()) {
    if (digest_of(texts->blob(2)) == digest_column(*texts, 1)) continue;
    broken.push_back("a text does not match its digest (" + std::to_string(texts->integer(0)) +
                     ")");
  }
  auto drafts = database.use(select_draft_texts);
  while (drafts->step()) {
    if (digest_of(drafts->blob(2)) == digest_column(*drafts, 1)) continue;
    broken.push_back("a draft does not match its digest (" +
                     id_column<SubmissionTag>(*drafts, 0).text() + ")");
  }
}

}  // namespace

std::int64_t last_of_page(Database& database, std::int64_t after, int size) {
  auto found = database.use(select_last_of_page);
  found->bind(1, after).bind(2, std::int64_t{size});
  return found->step() ? found->integer(0) : 0;
}

std::optional<std::string> state_breach(Database& database, const NumberRange& submissions) {
  auto differs = database.use(select_state_breach);
  differs->bind(1, submissions.after).bind(2, submissions.last);
  if (!differs->step()) return std::nullopt;
  const std::string told = differs->is_null(2) ? "nothing" : string_column(*differs, 2);
  return "Submission " + id_column<SubmissionTag>(*differs, 0).text() + " is stored as " +
         string_column(*differs, 1) + ", but its history says " + told + ".";
}

std::optional<std::string> lost_submission(Database& database, const NumberRange& entries) {
  auto lost = database.use(select_lost_submission);
  lost->bind(1, entries.after).bind(2, entries.last);
  if (!lost->step()) return std::nullopt;
  return "The history tells of submission " + id_column<SubmissionTag>(*lost, 0).text() +
         ", which is not in the store.";
}

std::vector<std::string> find_broken_invariants(Database& database) {
  std::vector<std::string> broken;
  check_rules(database, broken);
  check_texts(database, broken);
  if (const auto breach = state_breach(database, {})) broken.push_back(*breach);
  if (const auto breach = lost_submission(database, {})) broken.push_back(*breach);
  const Verdict chain = verify_chain(database);
  if (!chain.intact) broken.push_back(chain.sentence);
  return broken;
}

}  // namespace lodge::storage
