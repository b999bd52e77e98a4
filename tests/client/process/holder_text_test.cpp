#include "client/process/holder_text.hpp"

#include "support/catch.hpp"

namespace lodge {
namespace {

using client::FlushHolder;

constexpr Time nine_o_clock =
    Time(std::chrono::sys_days(std::chrono::year(2031) / 5 / 1) + std::chrono::hours(9));

TEST_CASE("the text in the lock file is read back, and noise is not") {
  const FlushHolder holder{4711, nine_o_clock, nine_o_clock + std::chrono::milliseconds(7)};
  const auto read = client::parse_holder(client::holder_text(holder));
  CHECK(read.pid == 4711);
  CHECK(read.since == holder.since);
  CHECK(read.active == holder.active);
  for (const char* noise :
       {"", "pid", "pid x\nsince 99\nactive", "since 2031-99-99T00:00:00.000Z",
        "pid -5\nsince 2031-05-01T24:00:00.000Z\nactive -999-01-01T-9:-9:-9.-99Z",
        "rapid 7\nsince 2031-05-01T9:30:00.000Z", "pid 99999999999999999999\nsince 2031-05-01"}) {
    INFO(noise);
    const auto nothing = client::parse_holder(noise);
    CHECK(nothing.pid == 0);
    CHECK_FALSE(nothing.since);
    CHECK_FALSE(nothing.active);
  }
}

}  // namespace
}  // namespace lodge
