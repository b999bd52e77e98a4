#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lodge/transport.hpp"

namespace lodge::client {

/// `text` without spaces and tabs at either end, and without the end of a line.
std::string_view trimmed_field(std::string_view text);

/// Status and header fields of a reply, from the lines as they come. What an interim reply (1xx)
/// said is forgotten when the next one begins; trailers are no headers (RFC 9110 §6.5.1).
class ReplyHead {
 public:
  /// Back to the beginning: another request leaves.
  void clear();
  /// The next line, with its end. False once all lines together exceed 128 KiB.
  bool read(std::string_view line);

  /// 204 of "HTTP/1.1 204 No Content"; 0 when the line is not like that, or has not come.
  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] const std::vector<Header>& fields() const { return fields_; }
  [[nodiscard]] std::vector<Header> take_fields();
  /// Whether the empty line after the fields of a final reply has come.
  [[nodiscard]] bool ended() const { return reading_ == Reading::rest; }

 private:
  enum class Reading { status_line, fields, rest };

  void read_field(std::string line);
  void unfold(std::string_view rest);

  Reading reading_ = Reading::status_line;
  int status_ = 0;
  std::vector<Header> fields_{};
  std::size_t bytes_ = 0;
};

}  // namespace lodge::client
