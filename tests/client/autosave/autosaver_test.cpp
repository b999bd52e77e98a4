#include "client/autosave/autosaver.hpp"

#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "client/autosave/taken_over.hpp"
#include "support/catch.hpp"

namespace {

using lodge::Draft;
using lodge::Duration;
using lodge::Errc;
using lodge::Error;
using lodge::Time;
using lodge::client::Autosaver;
using lodge::client::AutosaverParts;
using lodge::client::TakenOver;
using namespace std::chrono_literals;

Draft draft(std::uint8_t id, int value, const std::string& key = "ada") {
  Draft made{.id = {{id}}, .record = {"availability", key}};
  made.content["value"] = value;
  return made;
}

int value_of(const Draft& from) { return from.content.at("value").get<int>(); }

// An autosaver without a thread, on a clock and a disk in the test's hand.
struct Bench {
  Time now{1'000'000s};
  std::optional<Error> disk_error{};
  std::vector<int> on_disk{};
  std::vector<int> announced{};
  std::vector<std::pair<int, Errc>> failures{};
  Autosaver saver{{.save =
                       [this](const Draft& from) {
                         if (disk_error) throw Error(*disk_error);
                         on_disk.push_back(value_of(from));
                       },
                   .saved = [this](const Draft& from) { announced.push_back(value_of(from)); },
                   .failed =
                       [this](const Draft& from, const Error& error) {
                         failures.emplace_back(value_of(from), error.code());
                       },
                   .now = [this] { return now; }}};

  // How long until the next step.
  std::optional<Duration> step(Duration later) {
    const auto next = saver.step(now += later);
    if (!next) return std::nullopt;
    return *next - now;
  }
};

const Error disk_full(Errc::disk_full, "the disk is full");

using Values = std::vector<int>;

/// A draft whose first save fails while somebody types on.
struct TypedWhileFailing {
  Values tried{};
  Autosaver saver;

  explicit TypedWhileFailing(Error failure)
      : saver({.save =
                   [this, failure](const Draft& from) {
                     tried.push_back(value_of(from));
                     if (tried.size() > 1) return;
                     saver.put(draft(1, 6));
                     throw Error(failure);
                   },
               .now = [] { return Time(1s); }}) {
    saver.put(draft(1, 5));
  }
};

}  // namespace

TEST_CASE("the newest content of a draft wins and is saved once") {
  Bench bench;
  for (int i = 1; i <= 9; ++i) {
    bench.saver.put(draft(1, i));
    CHECK(bench.step(100ms) == 150ms);
  }
  CHECK(bench.on_disk.empty());
  CHECK_FALSE(bench.step(150ms));
  CHECK(bench.on_disk == Values{9});
  CHECK(bench.announced == Values{9});
  CHECK_FALSE(bench.step(1h));
  CHECK(bench.on_disk == Values{9});
}

TEST_CASE("drafts are saved apart, each in its time") {
  Bench bench;
  bench.saver.put(draft(1, 10));
  bench.now += 100ms;
  bench.saver.put(draft(2, 20));
  CHECK(bench.step(150ms) == 100ms);
  CHECK(bench.on_disk == Values{10});
  CHECK_FALSE(bench.step(100ms));
  CHECK(bench.on_disk == Values{10, 20});
}

TEST_CASE("a failed autosave is told, kept and tried again") {
  Bench bench;
  bench.disk_error = disk_full;
  bench.saver.put(draft(1, 5));
  CHECK(bench.step(250ms) == 1s);
  CHECK(bench.failures == std::vector<std::pair<int, Errc>>{{5, Errc::disk_full}});
  CHECK(bench.step(1s) == 2s);
  bench.disk_error.reset();
  CHECK_FALSE(bench.step(2s));
  CHECK(bench.on_disk == Values{5});
}

TEST_CASE("a failure is told once for each put, and again when a try fails for another reason") {
  Bench bench;
  bench.disk_error = disk_full;
  bench.saver.put(draft(1, 5));
  bench.step(250ms);
  bench.step(1s);
  CHECK_THROWS_AS(bench.saver.save_all_now(), Error);
  CHECK_THROWS_AS(bench.saver.save_now(lodge::RecordId{"availability", "ada"}), Error);
  using Failures = std::vector<std::pair<int, Errc>>;
  CHECK(bench.failures == Failures{{5, Errc::disk_full}});
  bench.disk_error = Error(Errc::io, "the disk does not answer");
  CHECK_THROWS_AS(bench.saver.save_all_now(), Error);
  CHECK_THROWS_AS(bench.saver.save_all_now(), Error);
  CHECK(bench.failures == Failures{{5, Errc::disk_full}, {5, Errc::io}});
  bench.saver.put(draft(1, 6));
  CHECK(bench.saver.close() == 1);
  CHECK(bench.failures == Failures{{5, Errc::disk_full}, {5, Errc::io}, {6, Errc::io}});
}

TEST_CASE("content that is wrong in itself is kept but not tried again by itself") {
  Bench bench;
  bench.disk_error = Error(Errc::invalid_content, "too deep");
  bench.saver.put(draft(1, 5));
  CHECK_FALSE(bench.step(250ms));
  CHECK(bench.failures.size() == 1);
  const auto taken = bench.saver.take_over(lodge::SubmissionId{{1}});
  REQUIRE(taken);
  CHECK(taken->failure->code() == Errc::invalid_content);
}

TEST_CASE("what is wrong with a draft is told once, and not tried again by whoever reads") {
  for (const Errc code : {Errc::invalid_content, Errc::stale_draft}) {
    Bench bench;
    bench.disk_error = Error(code, "not like this");
    bench.saver.put(draft(1, 5));
    CHECK_FALSE(bench.step(250ms));
    bench.disk_error.reset();
    for (int i = 0; i < 3; ++i) {
      bench.saver.save_now(lodge::RecordId{"availability", "ada"});
      bench.saver.save_all_now();
    }
    {
      TakenOver taken(bench.saver);
      CHECK(taken.take(lodge::SubmissionId{{1}}));  // by a call that fails
    }
    CHECK_FALSE(bench.step(1h));
    CHECK(bench.failures.size() == 1);
    CHECK(bench.on_disk.empty());
    bench.saver.put(draft(1, 6));
    CHECK_FALSE(bench.step(250ms));
    CHECK(bench.on_disk == Values{6});
  }
}

TEST_CASE("what was typed while a wrong text was tried is tried by whoever reads") {
  TypedWhileFailing typed(Error(Errc::invalid_content, "not like this"));
  typed.saver.save_all_now();
  typed.saver.save_all_now();
  CHECK(typed.tried == Values{5, 6});
}

TEST_CASE("exceptions of any kind are failures, never lost content") {
  struct Case {
    std::function<void()> thrower;
    Errc code;
  };
  for (const Case& each : {Case{[] { throw std::bad_alloc(); }, Errc::out_of_memory},
                           Case{[] { throw std::runtime_error("x"); }, Errc::broken_invariant},
                           Case{[] { throw 5; }, Errc::broken_invariant}}) {
    std::optional<Errc> told;
    Autosaver saver({.save = [&](const Draft&) { each.thrower(); },
                     .failed =
                         [&](const Draft&, const Error& error) {
                           told = error.code();
                           throw std::runtime_error("the report fails too");
                         },
                     .now = [] { return Time(1s); }});
    saver.put(draft(1, 5));
    CHECK(saver.flush_all() == 1);
    CHECK(told == each.code);
    CHECK(saver.take_over(lodge::SubmissionId{{1}}));
  }
}

TEST_CASE("what is taken over is not saved any more") {
  Bench bench;
  bench.saver.put(draft(1, 5));
  const auto taken = bench.saver.take_over(lodge::SubmissionId{{1}});
  REQUIRE(taken);
  CHECK(value_of(taken->draft()) == 5);
  CHECK_FALSE(taken->failure);
  CHECK_FALSE(bench.saver.take_over(lodge::SubmissionId{{1}}));
  CHECK_FALSE(bench.step(1h));
  CHECK(bench.on_disk.empty());
}

TEST_CASE("what failed is handed over with its error, also while the failure is told") {
  std::optional<lodge::client::Unsaved> taken;
  Autosaver* self = nullptr;
  Autosaver saver({.save = [](const Draft&) { throw Error(disk_full); },
                   .failed =
                       [&](const Draft& told, const Error&) {
                         taken = self->take_over(told.id);
                         CHECK(value_of(told) == 5);  // the callback's own is untouched
                       },
                   .now = [] { return Time(1s); }});
  self = &saver;
  saver.put(draft(1, 5));
  CHECK(saver.flush_all() == 1);
  REQUIRE(taken);
  CHECK(value_of(taken->draft()) == 5);
  CHECK(taken->failure->code() == Errc::disk_full);
  CHECK(saver.flush_all() == 0);
}

TEST_CASE("newer content typed during a failing save is what is kept") {
  TypedWhileFailing typed(disk_full);
  CHECK(typed.saver.flush_all() == 1);
  CHECK(typed.saver.flush_all() == 0);
  CHECK(typed.tried == Values{5, 6});
}

TEST_CASE("flush_all saves everything once and says how many failed") {
  Bench bench;
  bench.saver.put(draft(1, 1));
  bench.saver.put(draft(2, 2));
  bench.disk_error = disk_full;
  CHECK(bench.saver.flush_all() == 2);
  CHECK(bench.failures.size() == 2);
  bench.disk_error.reset();
  CHECK(bench.saver.flush_all() == 0);
  CHECK(bench.on_disk == Values{1, 2});
  CHECK(bench.saver.flush_all() == 0);
  CHECK(bench.on_disk.size() == 2);
}

TEST_CASE("the end of an autosaver saves what is pending") {
  Values on_disk;
  {
    Autosaver saver({.save = [&](const Draft& from) { on_disk.push_back(value_of(from)); }});
    saver.put(draft(1, 7));
  }
  CHECK(on_disk == Values{7});
}

TEST_CASE("a step with a time far ahead of the clock ends, also when the disk fails") {
  Bench bench;
  bench.disk_error = disk_full;
  bench.saver.put(draft(1, 5));
  CHECK(bench.saver.step(bench.now + 1h) == bench.now + 1h + 1s);
  CHECK(bench.failures.size() == 1);
}

TEST_CASE("save_now saves one record before its time, save_all_now every one") {
  Bench bench;
  bench.saver.put(draft(1, 1, "ada"));
  bench.saver.put(draft(2, 2, "bob"));
  bench.saver.put(draft(3, 3, "ada"));
  bench.saver.save_now(lodge::RecordId{"availability", "ada"});
  CHECK(bench.on_disk == Values{1, 3});
  bench.saver.save_all_now();
  CHECK(bench.on_disk == Values{1, 3, 2});
}

TEST_CASE("save_now throws when the machine fails, and keeps what it could not save") {
  Bench bench;
  bench.saver.put(draft(1, 1));
  bench.disk_error = disk_full;
  CHECK_THROWS_AS(bench.saver.save_now(lodge::RecordId{"availability", "ada"}), Error);
  CHECK_THROWS_AS(bench.saver.save_all_now(), Error);
  bench.disk_error.reset();
  bench.saver.save_all_now();
  CHECK(bench.on_disk == Values{1});
  bench.disk_error = Error(Errc::stale_draft, "somebody else saved it");
  bench.saver.put(draft(1, 2));
  CHECK_NOTHROW(bench.saver.save_all_now());
}

TEST_CASE("what a failed call had taken over goes back and is saved") {
  Bench bench;
  bench.saver.put(draft(1, 5));
  {
    TakenOver taken(bench.saver);
    taken.take(lodge::SubmissionId{{1}});
    taken.take(lodge::SubmissionId{{2}});
    CHECK_FALSE(bench.step(1s));
  }
  CHECK(bench.on_disk.empty());
  CHECK_FALSE(bench.step(250ms));
  CHECK(bench.on_disk == Values{5});

  bench.saver.put(draft(1, 6));
  {
    TakenOver taken(bench.saver);
    taken.take(lodge::SubmissionId{{1}});
    taken.done();
  }
  CHECK_FALSE(bench.step(1s));
  CHECK(bench.on_disk == Values{5});
}

TEST_CASE("what was taken over does not come back over something newer") {
  Bench bench;
  const lodge::SubmissionId id{{1}};
  SECTION("that still waits") {
    bench.saver.put(draft(1, 5));
    auto taken = bench.saver.take_over(id);
    bench.saver.put(draft(1, 6));
    bench.saver.put_back(std::move(*taken));
  }
  SECTION("that is on disk already") {
    bench.saver.put(draft(1, 5));
    auto taken = bench.saver.take_over(id);
    bench.saver.put(draft(1, 6));
    CHECK(bench.saver.flush_all() == 0);
    bench.saver.put_back(std::move(*taken));
  }
  SECTION("that was taken over as well") {
    bench.saver.put(draft(1, 5));
    auto taken = bench.saver.take_over(id);
    bench.saver.put(draft(1, 6));
    auto newer = bench.saver.take_over(id);
    bench.saver.put_back(std::move(*newer));
    bench.saver.put_back(std::move(*taken));
  }
  bench.saver.flush_all();
  CHECK(bench.on_disk == Values{6});
}

TEST_CASE("after close nothing is saved and nobody is called") {
  Bench bench;
  bench.disk_error = disk_full;
  bench.saver.put(draft(1, 5));
  CHECK(bench.saver.close() == 1);
  CHECK(bench.failures.size() == 1);
  CHECK(bench.saver.close() == 0);
  CHECK(bench.failures.size() == 1);
}
