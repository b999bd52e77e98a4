#include "client/autosave/save_failure.hpp"

#include "support/catch.hpp"

namespace {

using lodge::Errc;
using lodge::Error;
using lodge::client::may_pass;
using lodge::client::words_of;

std::string told(Errc code) { return words_of(Error(code, "Why it failed.")); }

}  // namespace

TEST_CASE("a failed autosave says whether its words are tried again") {
  CHECK(told(Errc::disk_full) ==
        "the words are not on disk yet, and are tried again: Why it failed.");
  CHECK(told(Errc::invalid_content) ==
        "the words are not on disk, and are tried again when they change: Why it failed.");
}

TEST_CASE("of a stale autosave nobody says that it is not on disk: the history has it") {
  CHECK(told(Errc::stale_draft) == "Why it failed.");
}

TEST_CASE("the machine's failures may pass, a wrong or stale draft stays so") {
  for (const Errc code : {Errc::disk_full, Errc::out_of_memory, Errc::store_busy}) {
    CHECK(may_pass(Error(code, "")));
  }
  for (const Errc code : {Errc::invalid_content, Errc::not_found, Errc::stale_draft}) {
    CHECK_FALSE(may_pass(Error(code, "")));
  }
}
