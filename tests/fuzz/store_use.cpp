#include "fuzz/store_use.hpp"

#include "fuzz/fuzz.hpp"
#include "fuzz/seed_store.hpp"
#include "lodge/error.hpp"

namespace lodge::fuzz {
namespace {

using namespace storage;

template <class Call>
void tolerate(const Call& call, bool may_refuse = false) {
  try {
    call();
  } catch (const Error& error) {
    require(may_refuse || error.code() != Errc::invalid_argument,
            "a damaged store is not the caller's fault");
    require(std::string_view(error.what()).size() > 10, "a sentence");
  }
}

void verify(Store& store) {
  const Verdict verdict = store.verify_history();
  require(std::string_view(verdict.sentence).size() > 10, "a sentence");
  for (const std::string& breach : store.broken_invariants())
    require(breach.size() > 10, "a breach has a name");
}

void read_texts(Store& store, const SubmissionId& id, bool sealed) {
  for (const ContentNumber number : {store.submission_content(id), store.base_content(id)}) {
    if (number == 0) continue;
    const std::string text = store.content(number);
    require(!sealed || is_seed_text(text), "no damaged text comes out");
  }
}

void read_one(Store& store, const SubmissionId& id, bool sealed) {
  tolerate([&] { (void)store.delivery_facts(id); });
  tolerate([&] { read_texts(store, id, sealed); });
  tolerate([&] { (void)store.attempts(id); });
  tolerate([&] { (void)store.receipt(id); });
  tolerate([&] { (void)store.followers(id); });
  tolerate([&] { (void)store.ahead_of(id); });
}

void read(Store& store, bool sealed) {
  tolerate([&] { verify(store); });
  tolerate([&] { (void)store.history({.with_patches = true}); });
  tolerate([&] { (void)store.outbox({.settled_too = true}); });
  tolerate([&] { (void)store.drafts(std::nullopt); });
  tolerate([&] { (void)store.conflicts(std::nullopt); });
  tolerate([&] { (void)store.gates(); });
  tolerate([&] { (void)store.tally(); });
  for (const char* key : {"one", "five"})
    tolerate([&] { (void)store.edit_facts({"availability", key}, "ada", "normal"); });
  for (std::uint8_t last = 1; last < 9; ++last) read_one(store, seed_id(last), sealed);
}

void deliver_what_is_due(Store& store) {
  std::vector<std::int64_t> streams;
  for (const Stream& stream : store.streams()) streams.push_back(stream.number);
  (void)store.next_due(streams);
  for (const Due& due : store.due(streams, seed_time, std::chrono::hours(1), 10)) {
    tolerate([&] { deliver_form(store, due.submission, State::delivered); });
  }
  store.change_gates({}, {.at = seed_time, .who = "ada"}, streams);
}

void save_again(Store& store, const Act& act) {
  for (const Draft& draft : store.drafts(std::nullopt)) {
    // Once read, a draft is an argument: one that goes on from another record's form is refused.
    const auto save = [&] {
      store.save({.draft = draft, .bytes = "{\"tuesday\":1}", .fresh_id = seed_id(10)}, act);
    };
    tolerate(save, true);
  }
}

void write(Store& store) {
  const Act act{seed_time, "ada", "after the damage"};
  tolerate([&] { store.note_loss(act); });
  tolerate([&] { save_again(store, act); });
  tolerate([&] { deliver_form(store, submit_form(store, 8, "six"), State::delivered); });
  tolerate([&] { deliver_what_is_due(store); });
  tolerate([&] { store.withdraw(seed_id(4), true, true, act); });
  tolerate([&] { store.resolve(seed_id(2), Resolution::Kind::theirs, {}, {}, seed_id(9), act); });
  tolerate([&] { store.retry({}, act); });
  tolerate([&] { store.discard(seed_id(6), act); });
  tolerate([&] { store.adopt_endpoint("https://forms.example.org/v2", act); });
}

}  // namespace

void use_store(const std::string& path, bool sealed) {
  tolerate([&] {
    Store store(StoreOptions{.path = path});
    read(store, sealed);
    write(store);
    read(store, sealed);
  });
}

}  // namespace lodge::fuzz
