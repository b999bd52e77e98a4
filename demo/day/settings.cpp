#include "demo/day/settings.hpp"

#include <charconv>
#include <random>

namespace lodge::demo {
namespace {

constexpr int fewest_rows = 60;
constexpr int most_rows = 500;

class Words {
 public:
  explicit Words(const std::vector<std::string>& words) : words_(words) {}

  [[nodiscard]] bool done() const { return at_ == words_.size(); }
  const std::string& next() { return words_[at_++]; }

  const std::string& value_of(const std::string& option) {
    if (done()) throw UsageError(option + " wants a value");
    return next();
  }

  template <class Number>
  Number number_of(const std::string& option, Number least, Number most) {
    const std::string& text = value_of(option);
    Number value{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
    if (whole && value >= least && value <= most) return value;
    throw UsageError(option + " wants a number from " + std::to_string(least) + " to " +
                     std::to_string(most));
  }

 private:
  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
};

void read_option(Words& words, const std::string& word, Settings& settings) {
  if (word == "--help" || word == "-h") {
    settings.help = true;
  } else if (word == "--fast") {
    settings.fast = true;
  } else if (word == "--json") {
    settings.json = true;
  } else if (word == "--seed") {
    settings.seed = words.number_of<std::uint64_t>(word, 0, UINT64_MAX);
  } else if (word == "--rows") {
    settings.rows = words.number_of<int>(word, fewest_rows, most_rows);
  } else if (word == "--keep") {
    settings.keep = words.value_of(word);
    if (settings.keep.empty()) throw UsageError("--keep wants a folder");
  } else if (word == "--file-forms") {
    settings.is_child = true;
    settings.job.from = words.number_of<int>(word, 0, most_rows);
    settings.job.to = words.number_of<int>(word, settings.job.from, most_rows);
  } else if (word == "--store") {
    settings.job.store = words.value_of(word);
  } else if (word == "--endpoint") {
    settings.job.endpoint = words.value_of(word);
  } else {
    throw UsageError("unknown option " + word);
  }
}

}  // namespace

const std::string_view demo_usage =
    "usage: lodge-demo [--fast] [--seed N] [--rows N] [--json] [--keep DIR]\n"
    "Files real forms through a day of disconnects, then proves from the server's ledger that "
    "each\n"
    "arrived once and in order.\n"
    "  --fast      short waits: a day in seconds\n"
    "  --seed N    the day's chances; without it they are drawn, and shown\n"
    "  --rows N    how many forms, 60 to 500 (default 500)\n"
    "  --json      print one JSON object at the end, and nothing else\n"
    "  --keep DIR  keep the store in DIR, which must not hold one yet\n"
    "Exit status: 0 the proof holds, 1 it does not, 64 the command line is wrong.\n";

Settings parse_settings(const std::vector<std::string>& arguments) {
  Settings settings;
  settings.seed = std::random_device{}() % 1'000'000;
  Words words(arguments);
  while (!words.done()) read_option(words, words.next(), settings);
  const bool has_job = !settings.job.store.empty() && !settings.job.endpoint.empty();
  const bool has_any = !settings.job.store.empty() || !settings.job.endpoint.empty();
  if (settings.is_child ? !has_job : has_any) {
    throw UsageError("--file-forms, --store and --endpoint belong together");
  }
  return settings;
}

Options client_options(const std::string& store, const std::string& endpoint, bool fast) {
  using std::chrono::milliseconds;
  Options options{.store = store, .endpoint = endpoint};
  options.identity = "desk";
  options.retry = fast ? RetryPolicy{.first = milliseconds(20),
                                     .ceiling = milliseconds(200),
                                     .floor = milliseconds(10)}
                       : RetryPolicy{.first = milliseconds(300),
                                     .ceiling = milliseconds(2'000),
                                     .floor = milliseconds(100)};
  options.spread = milliseconds(0);
  options.in_flight = 4;  // few, so that a kill strikes in the middle and not after the end
  return options;
}

}  // namespace lodge::demo
