#include "client/curl/request_check.hpp"
#include "fuzz/fuzz.hpp"
#include "queue/http/etag.hpp"
#include "queue/http/problem.hpp"
#include "queue/http/utf8.hpp"

// Input: header lines (ETag, Content-Type), an empty line, a problem's body.
namespace {

using namespace lodge;
using namespace lodge::fuzz;

void judge(const std::string& words) {
  require(words.size() <= 500, "at most 500 bytes");
  require(is_one_line(words) && queue::valid_utf8(words), "one line of UTF-8");
}

bool can_be_sent(const std::string& tag) {
  return !client::refusal(Request{.url = "https://a.example/", .headers = {{"If-Match", tag}}});
}

void judge(const queue::ETag& tag) {
  const bool usable = tag.kind == queue::ETagKind::strong || tag.kind == queue::ETagKind::weak;
  require(usable == !tag.text.empty(), "a text where it is a tag");
  if (!usable) return;
  require(is_one_line(tag.text) && tag.text.size() <= 1024, "fit for If-Match");
  require(can_be_sent(tag.text) && can_be_sent(queue::strong_form(tag)), "the transport takes it");
  require(queue::parse_etag(tag.text) == tag, "reads as it was written");
  require(queue::parse_etag(queue::strong_form(tag)).kind == queue::ETagKind::strong, "strong");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input = as_text(data, size);
  const auto headers = cut_headers(input);
  judge(queue::read_etag(headers));
  for (const Header& field : headers) judge(queue::parse_etag(field.value));
  const auto type = header(headers, "Content-Type").value_or("application/problem+json");
  const queue::Problem problem = queue::read_problem(type, input);
  judge(problem.type);
  judge(problem.title);
  judge(problem.detail);
  require(!(queue::says_key_reused(problem) && queue::says_key_in_progress(problem)),
          "one of both");
  return 0;
}
