#include <unistd.h>

#include <filesystem>

#include "client/client_case.hpp"
#include "client/live_server.hpp"
#include "support/child_process.hpp"
#include "support/socket.hpp"

namespace lodge {
namespace {

using nlohmann::json;
using test::ada;
using test::file;
using test::state_of;
using test::TemporaryFolder;

constexpr auto long_enough = std::chrono::seconds(30);

int free_port() { return test::listen_on_loopback(false, 1).second; }

/// tests/servers/moddav.sh of this tree.
std::string script() { return LODGE_SOURCE_DIR "/tests/servers/moddav.sh"; }

/// A real Apache on loopback, with its own folder.
class ModDav {
 public:
  explicit ModDav(const std::string& tags)
      : port_(free_port()), process_({script(), std::to_string(port_), folder_.path(), tags}) {}

  bool wait_until_ready() { return process_.wait_for_output("ready\n"); }
  [[nodiscard]] std::string said() const { return process_.output(); }

  [[nodiscard]] Options options(const TemporaryFolder& folder) const {
    Options options = test::live_options(folder, "http://127.0.0.1:" + std::to_string(port_) + "/");
    options.url_template = "{base}/{collection}/{id}.json";
    options.retry.first = std::chrono::milliseconds(100);
    options.retry.floor = std::chrono::milliseconds(10);
    return options;
  }

 private:
  TemporaryFolder folder_;
  int port_;
  test::ChildProcess process_;
};

bool has_apache() {
  if (access("/usr/sbin/apache2", X_OK) == 0) return true;
  WARN("SKIPPED: no /usr/sbin/apache2 here; install apache2-bin to test against a real server");
  return false;
}

// True when nothing waits; else the explanations are shown with the next failure.
bool drained(Client& client, std::chrono::seconds patience = long_enough) {
  if (client.drain(patience)) return true;
  for (const Submission& one : client.outbox()) {
    const Explanation why = client.explain(one.id);
    UNSCOPED_INFO(one.record.key << " " << why.words);
    for (const Attempt& attempt : why.attempts) {
      UNSCOPED_INFO("  " << attempt.outcome << " " << attempt.status << " " << attempt.detail);
    }
  }
  return false;
}

const RecordId form{"forms", "ada@example.org"};

/// The server, a kiosk, and somebody else with a kiosk of their own.
struct Town {
  explicit Town(const std::string& tags) : server(tags) {
    if (!server.wait_until_ready()) throw std::runtime_error("no server: " + server.said());
    kiosk = std::make_unique<Client>(server.options(kiosk_folder));
    other = std::make_unique<Client>(server.options(other_folder));
  }

  /// Somebody else's edit, from what is there now.
  void edit_elsewhere(const std::function<void(json&)>& change) const {
    other->refresh(form);
    Draft draft = other->edit(form);
    change(draft.content);
    other->submit(draft);
    REQUIRE(drained(*other));
  }
  [[nodiscard]] json at_server() const {
    const Refreshed found = other->refresh(form);
    return found.record.presence == Presence::present ? other->edit(form).content : json();
  }

  ModDav server;
  TemporaryFolder kiosk_folder{};
  TemporaryFolder other_folder{};
  std::unique_ptr<Client> kiosk{};
  std::unique_ptr<Client> other{};
};

void expect_life_of_a_form(const std::string& tags) {
  Town town(tags);
  Client& kiosk = *town.kiosk;

  const Submission created = file(kiosk, form, {{"monday", "09:00"}, {"tuesday", "free"}});
  REQUIRE(drained(kiosk));
  CHECK(state_of(kiosk, created.id) == "delivered");
  const auto receipt = kiosk.explain(created.id).receipt;
  REQUIRE(receipt);
  CHECK(receipt->version);
  CHECK(town.at_server() == json{{"monday", "09:00"}, {"tuesday", "free"}});

  const Submission updated = file(kiosk, form, {{"monday", "10:00"}, {"tuesday", "free"}});
  REQUIRE(drained(kiosk));
  CHECK(state_of(kiosk, updated.id) == "delivered");
  CHECK(town.at_server()["monday"] == "10:00");

  // Two forms filed offline, one on top of the other.
  kiosk.pause("no network");
  const Submission first = file(kiosk, form, {{"monday", "11:00"}, {"tuesday", "free"}});
  const Submission second = file(kiosk, form, {{"monday", "12:00"}, {"tuesday", "free"}});
  kiosk.resume();
  REQUIRE(drained(kiosk));
  CHECK(state_of(kiosk, first.id) == "delivered");
  CHECK(state_of(kiosk, second.id) == "delivered");
  CHECK(town.at_server()["monday"] == "12:00");

  // Somebody else's edit of another member is merged, of the same one asked about.
  town.edit_elsewhere([](json& content) { content["tuesday"] = "busy"; });
  const Submission merged = file(kiosk, form, {{"monday", "13:00"}, {"tuesday", "free"}});
  REQUIRE(drained(kiosk));
  CHECK(state_of(kiosk, merged.id) == "delivered");
  CHECK(town.at_server() == json{{"monday", "13:00"}, {"tuesday", "busy"}});

  town.edit_elsewhere([](json& content) { content["monday"] = "theirs"; });
  const Submission overlap = file(kiosk, form, {{"monday", "ours"}, {"tuesday", "busy"}});
  kiosk.drain(long_enough);
  REQUIRE(state_of(kiosk, overlap.id) == "conflicted");
  const Conflict conflict = kiosk.conflicts().at(0);
  CHECK(conflict.overlaps == std::vector<std::string>{"/monday"});
  CHECK(town.at_server()["monday"] == "theirs");
  const auto resolved = kiosk.resolve(overlap.id, Resolution::ours(), conflict.version);
  REQUIRE(resolved);
  REQUIRE(drained(kiosk));
  CHECK(state_of(kiosk, resolved->id) == "delivered");
  CHECK(town.at_server()["monday"] == "ours");

  const Submission removal = kiosk.remove(form);
  REQUIRE(drained(kiosk));
  CHECK(state_of(kiosk, removal.id) == "delivered");
  CHECK(town.at_server() == json());

  CHECK(kiosk.verify_history().intact);
}

TEST_CASE("a form's whole life at a real mod_dav, with tags made of digests") {
  if (has_apache()) expect_life_of_a_form("digest");
}

TEST_CASE("a form's whole life at a real mod_dav, with tags made of times") {
  if (has_apache()) expect_life_of_a_form("default");
}

TEST_CASE("at a real mod_dav the removal of what is gone is delivered") {
  if (!has_apache()) return;
  Town town("digest");
  file(*town.kiosk, form, {{"x", 1}});
  REQUIRE(drained(*town.kiosk));
  town.other->refresh(form);
  town.other->remove(form);
  REQUIRE(drained(*town.other));
  const Submission again = town.kiosk->remove(form);
  const Submission never = town.kiosk->remove({"forms", "never there"});
  CHECK(drained(*town.kiosk));
  CHECK(state_of(*town.kiosk, again.id) == "delivered");
  CHECK(state_of(*town.kiosk, never.id) == "delivered");
}

TEST_CASE("at a real mod_dav an update of what was removed elsewhere is asked about") {
  if (!has_apache()) return;
  Town town("digest");
  file(*town.kiosk, form, {{"x", 1}});
  REQUIRE(drained(*town.kiosk));
  town.other->refresh(form);
  town.other->remove(form);
  REQUIRE(drained(*town.other));
  const Submission update = file(*town.kiosk, form, {{"x", 2}});
  town.kiosk->drain(long_enough);
  REQUIRE(state_of(*town.kiosk, update.id) == "conflicted");
  const Conflict conflict = town.kiosk->conflicts().at(0);
  CHECK_FALSE(conflict.theirs);
  const auto again = town.kiosk->resolve(update.id, Resolution::ours(), conflict.version);
  REQUIRE(again);
  CHECK(drained(*town.kiosk));
  CHECK(town.at_server() == json{{"x", 2}});
}

TEST_CASE("at a real mod_dav two people who create the same record are merged or asked") {
  if (!has_apache()) return;
  Town town("digest");
  file(*town.other, form, {{"monday", "theirs"}});
  REQUIRE(drained(*town.other));
  const Submission disjoint = file(*town.kiosk, form, {{"tuesday", "ours"}});
  REQUIRE(drained(*town.kiosk));
  CHECK(state_of(*town.kiosk, disjoint.id) == "delivered");
  CHECK(town.at_server() == json{{"monday", "theirs"}, {"tuesday", "ours"}});
}

TEST_CASE("at a real mod_dav a missing collection holds its forms, and names with marks arrive") {
  if (!has_apache()) return;
  Town town("digest");
  const Submission lost = file(*town.kiosk, {"nowhere", "x"}, {{"x", 1}});
  std::vector<Submission> all;
  for (const std::string key : {"a b", "\xc3\xa4", "100%", "q?a=b&c#d", "'quoted'", "~x"}) {
    all.push_back(file(*town.kiosk, {"forms", key}, {{"key", key}}));
  }
  // While the collection's one probe is in the air, nothing holds it.
  const auto waits = [&] {
    return town.kiosk->status().waiting() > 1 || test::hold_of(*town.kiosk, lost.id) != "refused";
  };
  for (int round = 0; round < 600 && waits(); ++round) {
    CHECK_FALSE(town.kiosk->drain(std::chrono::milliseconds(100)));
  }
  for (const Submission& one : all) {
    INFO(one.record.key);
    CHECK(state_of(*town.kiosk, one.id) == "delivered");
  }
  CHECK_FALSE(is_final(town.kiosk->submission(lost.id)->state));
  CHECK(test::hold_of(*town.kiosk, lost.id) == "refused");
  CHECK(town.kiosk->status().holds.size() == 1);
}

}  // namespace
}  // namespace lodge
