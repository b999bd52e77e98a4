#include "client/process/holder_text.hpp"
#include "fuzz/fuzz.hpp"

// What stands in the file by which one process delivers. Input: its content.
namespace {

using namespace lodge;
using namespace lodge::fuzz;

bool same(const client::FlushHolder& left, const client::FlushHolder& right) {
  return left.pid == right.pid && left.since == right.since && left.active == right.active;
}

void judge_time(const std::optional<Time>& time) {
  using namespace std::chrono;
  if (!time) return;
  require(*time >= sys_days(year(0) / 1 / 1), "not before the year 0");
  require(*time < sys_days(year(9999) / 12 / 31) + days(1), "not after the year 9999");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(as_text(data, size));
  const client::FlushHolder holder = client::parse_holder(input);
  require(holder.pid >= 0, "a process has a number");
  judge_time(holder.since);
  judge_time(holder.active);
  if (!holder.since || !holder.active) return 0;
  const std::string text = client::holder_text(holder);
  require(same(client::parse_holder(text), holder), "read back as it was written");
  require(text.size() == client::holder_text({holder.pid, Time{}, Time{}}).size(),
          "a holder's text never changes its length");
  return 0;
}
