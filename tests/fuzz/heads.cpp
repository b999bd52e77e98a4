#include <algorithm>

#include "client/curl/reply_head.hpp"
#include "client/curl/request_check.hpp"
#include "fuzz/fuzz.hpp"
#include "queue/http/etag.hpp"
#include "queue/http/retry_after.hpp"

// The lines of a reply before its body, as a server sends them. Input: these lines.
namespace {

using namespace lodge;
using namespace lodge::fuzz;

std::vector<std::string_view> lines_of(std::string_view input) {
  std::vector<std::string_view> lines;
  while (!input.empty()) {
    const std::size_t end = std::min(input.find('\n'), input.size() - 1);
    lines.push_back(input.substr(0, end + 1));
    input.remove_prefix(end + 1);
  }
  return lines;
}

client::ReplyHead read(const std::vector<std::string_view>& lines) {
  client::ReplyHead head;
  std::size_t bytes = 0;
  for (const std::string_view line : lines) {
    bytes += line.size();
    const bool taken = head.read(line);
    require(taken == (bytes <= 128U * 1024), "128 KiB, no more");
    if (!taken) break;
  }
  return head;
}

bool is_bare(char c) { return c != ' ' && c != '\t' && c != '\r' && c != '\n'; }

void judge(const Header& field) {
  require(field.name.find_first_of(":\n") == std::string::npos, "a name ends at the colon");
  require(field.value.find('\n') == std::string::npos, "a value is one line");
  if (field.value.empty()) return;
  require(is_bare(field.value.front()) && is_bare(field.value.back()), "nothing around a value");
}

// What the library makes of the fields goes out with a later request.
void judge_use(const std::vector<Header>& fields) {
  const queue::ETag tag = queue::read_etag(fields);
  const Request request{.url = "https://a.example/", .headers = {{"If-Match", tag.text}}};
  require(!client::refusal(request), "a tag that is kept can be sent");
  const auto wait = queue::retry_after(fields, Time{}, std::chrono::hours(1), 429);
  require(!wait || (*wait >= Duration::zero() && *wait <= std::chrono::hours(1)), "a bounded wait");
}

bool same(const Header& left, const Header& right) {
  return left.name == right.name && left.value == right.value;
}

// Said again in the plainest way it means the same, also after an interim reply.
void judge_again(const client::ReplyHead& head) {
  if (!head.ended() || head.status() < 200) return;
  const std::string status = std::to_string(head.status());
  std::string text = "HTTP/1.1 103 \r\nETag: \"early\"\r\n\r\nHTTP/1.1 " + status + " \r\n";
  for (const Header& field : head.fields()) text += field.name + ": " + field.value + "\r\n";
  text += "\r\nTrailer: late\r\n";
  if (text.size() > 128U * 1024) return;
  const client::ReplyHead again = read(lines_of(text));
  require(again.ended() && again.status() == head.status(), "the same status");
  require(std::ranges::equal(again.fields(), head.fields(), same), "the same fields");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto lines = lines_of(as_text(data, size));
  client::ReplyHead head = read(lines);
  require(head.status() >= 0 && head.status() <= 999, "three digits");
  require(head.fields().size() <= lines.size(), "a field has a line");
  for (const Header& field : head.fields()) judge(field);
  judge_use(head.fields());
  judge_again(head);
  head.clear();
  require(head.status() == 0 && head.fields().empty() && !head.ended(), "as new");
  return 0;
}
