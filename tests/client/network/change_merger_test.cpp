#include "client/network/change_merger.hpp"

#include "support/catch.hpp"

using lodge::client::ChangeMerger;
using std::chrono::milliseconds;

namespace {

constexpr ChangeMerger::SteadyTime start{};

}  // namespace

TEST_CASE("without a message no change is due") {
  ChangeMerger merger({});
  CHECK_FALSE(merger.due());
  CHECK_FALSE(merger.take(start));
}

TEST_CASE("one message is a change once it was quiet for a while") {
  ChangeMerger merger({});
  merger.note(start);
  CHECK(merger.due() == start + milliseconds(2));
  CHECK_FALSE(merger.take(start + milliseconds(1)));
  CHECK(merger.take(start + milliseconds(2)));
  CHECK_FALSE(merger.due());
  CHECK_FALSE(merger.take(start + milliseconds(3)));
}

TEST_CASE("N14: messages that follow each other closely are one change", "[N14]") {
  ChangeMerger merger({});
  for (int i = 0; i < 13; ++i) {
    merger.note(start + milliseconds(i));
    CHECK_FALSE(merger.take(start + milliseconds(i)));
  }
  CHECK(merger.due() == start + milliseconds(14));
  CHECK(merger.take(start + milliseconds(14)));
}

TEST_CASE("N14: messages without end do not put a change off for ever", "[N14]") {
  ChangeMerger merger({});
  int changes = 0;
  for (int i = 0; i < 1000; ++i) {
    merger.note(start + milliseconds(i));
    if (merger.take(start + milliseconds(i))) ++changes;
  }
  CHECK(changes == 19);  // every 51 ms
}
