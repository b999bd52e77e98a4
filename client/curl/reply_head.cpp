#include "client/curl/reply_head.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace lodge::client {
namespace {

constexpr std::size_t most_bytes = std::size_t{128} << 10;

int status_of(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return 0;
  int status = 0;
  for (const char digit : line.substr(space + 1, 3)) {
    if (digit < '0' || digit > '9') return 0;
    status = status * 10 + (digit - '0');
  }
  return status;
}

}  // namespace

std::string_view trimmed_field(std::string_view text) {
  text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
  return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}

void ReplyHead::clear() {
  reading_ = Reading::status_line;
  status_ = 0;
  fields_.clear();
  bytes_ = 0;
}

std::vector<Header> ReplyHead::take_fields() { return std::exchange(fields_, {}); }

bool ReplyHead::read(std::string_view line) {
  bytes_ += line.size();
  if (bytes_ > most_bytes) return false;
  if (reading_ == Reading::rest) return true;
  if (reading_ == Reading::status_line) {
    fields_.clear();
    status_ = status_of(line);
    reading_ = Reading::fields;
  } else if (!line.starts_with('\r') && !line.starts_with('\n')) {
    read_field(std::string(line));
  } else {
    const bool interim = status_ >= 100 && status_ < 200 && status_ != 101;
    reading_ = interim ? Reading::status_line : Reading::rest;
  }
  return true;
}

void ReplyHead::read_field(std::string line) {
  std::ranges::replace(line, '\r', ' ');  // RFC 9112 §2.2: one that ends no line is a space
  const bool folded = line.starts_with(' ') || line.starts_with('\t');
  if (folded && !fields_.empty()) return unfold(trimmed_field(line));
  const std::size_t colon = line.find(':');
  if (colon == std::string::npos) return;
  const std::string_view value = std::string_view(line).substr(colon + 1);
  fields_.push_back({line.substr(0, colon), std::string(trimmed_field(value))});
}

// RFC 9112 §5.2
void ReplyHead::unfold(std::string_view rest) {
  std::string& value = fields_.back().value;
  if (!value.empty() && !rest.empty()) value += ' ';
  value += rest;
}

}  // namespace lodge::client
