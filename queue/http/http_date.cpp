#include "queue/http/http_date.hpp"

#include <algorithm>
#include <array>

#include "queue/http/ascii.hpp"

namespace lodge::queue {
namespace {

using std::chrono::year;

constexpr auto months = std::to_array<std::string_view>(
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"});
constexpr auto days = std::to_array<std::string_view>(
    {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"});

// Takes a text apart from the left; after the first misfit nothing fits any more.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  void expect(std::string_view piece) {
    ok_ = ok_ && rest_.starts_with(piece);
    if (ok_) rest_.remove_prefix(piece.size());
  }

  int number(std::size_t digits) {
    ok_ = ok_ && rest_.size() >= digits && std::ranges::all_of(rest_.substr(0, digits), is_digit);
    if (!ok_) return 0;
    int value = 0;
    for (const char c : rest_.substr(0, digits)) value = value * 10 + (c - '0');
    rest_.remove_prefix(digits);
    return value;
  }

  // asctime pads a day below ten with a space.
  int padded_day() {
    if (!rest_.starts_with(' ')) return number(2);
    rest_.remove_prefix(1);
    return number(1);
  }

  unsigned month() {
    const auto found = std::ranges::find(months, rest_.substr(0, 3));
    ok_ = ok_ && found != months.end();
    if (ok_) rest_.remove_prefix(3);
    return static_cast<unsigned>(found - months.begin()) + 1;
  }

  std::chrono::seconds clock() {
    const int hours = number(2);
    expect(":");
    const int minutes = number(2);
    expect(":");
    const int seconds = number(2);  // 60 is a leap second
    ok_ = ok_ && hours < 24 && minutes < 60 && seconds <= 60;
    return std::chrono::hours(hours) + std::chrono::minutes(minutes) +
           std::chrono::seconds(seconds);
  }

  [[nodiscard]] bool finished() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct Civil {
  int year = 0;
  unsigned month = 0;
  int day = 0;
  std::chrono::seconds clock{};
};

std::optional<Time> to_time(const Reader& reader, const Civil& civil) {
  const std::chrono::year_month_day date(year(civil.year), std::chrono::month(civil.month),
                                         std::chrono::day(static_cast<unsigned>(civil.day)));
  if (!reader.finished() || !date.ok()) return std::nullopt;
  return Time(std::chrono::sys_days(date) + civil.clock);
}

// Sun, 06 Nov 1994 08:49:37 GMT
std::optional<Time> read_fixdate(Reader reader) {
  Civil civil;
  reader.expect(", ");
  civil.day = reader.number(2);
  reader.expect(" ");
  civil.month = reader.month();
  reader.expect(" ");
  civil.year = reader.number(4);
  reader.expect(" ");
  civil.clock = reader.clock();
  reader.expect(" GMT");
  return to_time(reader, civil);
}

int year_of(Time now) {
  const Time sane = std::clamp(now, earliest_http_date, latest_http_date);
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(sane));
  return static_cast<int>(today.year());
}

// Sunday, 06-Nov-94 08:49:37 GMT
std::optional<Time> read_rfc850(Reader reader, Time now) {
  Civil civil;
  reader.expect(", ");
  civil.day = reader.number(2);
  reader.expect("-");
  civil.month = reader.month();
  reader.expect("-");
  const int this_year = year_of(now);
  civil.year = this_year - this_year % 100 + 100 + reader.number(2);
  const int last = std::min(this_year + 50, 9999);
  while (civil.year > last && civil.year >= 100) civil.year -= 100;
  reader.expect(" ");
  civil.clock = reader.clock();
  reader.expect(" GMT");
  return to_time(reader, civil);
}

// Sun Nov  6 08:49:37 1994
std::optional<Time> read_asctime(Reader reader) {
  Civil civil;
  reader.expect(" ");
  civil.month = reader.month();
  reader.expect(" ");
  civil.day = reader.padded_day();
  reader.expect(" ");
  civil.clock = reader.clock();
  reader.expect(" ");
  civil.year = reader.number(4);
  return to_time(reader, civil);
}

}  // namespace

std::optional<Time> parse_http_date(std::string_view text, Time now) {
  for (const std::string_view day : days) {
    if (text.starts_with(day)) return read_rfc850(Reader(text.substr(day.size())), now);
    if (!text.starts_with(day.substr(0, 3))) continue;
    const Reader rest(text.substr(3));
    return text.substr(3).starts_with(',') ? read_fixdate(rest) : read_asctime(rest);
  }
  return std::nullopt;
}

}  // namespace lodge::queue
