#include "lodge/digest.hpp"

#include "storage/records/hex.hpp"

namespace lodge {

std::string Digest::hex() const {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const auto byte : bytes) append_hex(text, byte);
  return text;
}

}  // namespace lodge
