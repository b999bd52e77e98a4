#include "client/input_check.hpp"
#include "fuzz/fuzz.hpp"
#include "lodge/error.hpp"
#include "queue/http/header_check.hpp"
#include "queue/http/url.hpp"

// What an application hands in: names, headers, options. Input: a line of numbers, then lines.
namespace {

using namespace lodge;
using namespace lodge::fuzz;

// True when the call takes it; every refusal is an Error with a sentence that does not repeat it.
template <class Call>
bool takes(const Call& call) {
  try {
    call();
    return true;
  } catch (const Error& error) {
    require(std::string_view(error.what()).size() > 10, "a sentence");
    return false;
  }
}

Options options_of(std::string_view numbers, std::string_view& input) {
  const auto next = [&] { return static_cast<std::int64_t>(cut_number(numbers)) - 5; };
  Options options;
  options.store = cut(input, "\n");
  options.endpoint = cut(input, "\n");
  options.url_template = cut(input, "\n");
  options.content_type = cut(input, "\n");
  options.effective_at_header = cut(input, "\n");
  options.reason_header = cut(input, "\n");
  options.in_flight = static_cast<int>(next());
  options.spread = std::chrono::milliseconds(next());
  options.connect_timeout = std::chrono::milliseconds(next());
  options.autosave_idle = std::chrono::milliseconds(next());
  options.depth_limit = static_cast<int>(next());
  options.body_limit = static_cast<std::size_t>(next());
  options.outbox_limit = next();
  return options;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input = as_text(data, size);
  const std::string_view numbers = cut(input, "\n");
  const std::string name(cut(input, "\n"));
  const std::string value(cut(input, "\n"));
  if (takes([&] { queue::check_header(name, value); })) {
    require(!name.empty() && is_one_line(name), "a header's name");
    require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "one line");
  }
  if (takes([&] { client::check_version({value}); })) require(is_one_line(value), "a tag");
  if (takes([&] { client::check_lane(name); })) require(!name.empty(), "a lane has a name");
  takes([&] { queue::check_record_id({name, value}); });
  takes([&] { client::checked(options_of(numbers, input)); });
  return 0;
}
