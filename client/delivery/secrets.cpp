#include "client/delivery/secrets.hpp"

#include <algorithm>
#include <string_view>

namespace lodge::client {
namespace {

constexpr std::size_t shortest_secret = 8;
constexpr std::string_view instead = "(credentials)";

}  // namespace

Secrets::Secrets(const std::vector<Header>& credentials) {
  for (const Header& field : credentials) {
    // "Bearer abc": what follows the scheme is the secret.
    const std::size_t space = field.value.find(' ');
    std::string value = space == std::string::npos ? field.value : field.value.substr(space + 1);
    if (value.size() >= shortest_secret) values_.push_back(std::move(value));
  }
}

void Secrets::hide(std::string& words) const {
  for (const std::string& value : values_) {
    for (std::size_t at = words.find(value); at != std::string::npos;
         at = words.find(value, at + instead.size())) {
      words.replace(at, value.size(), instead);
    }
    // Words are cut at their limit, perhaps within the value.
    for (std::size_t rest = std::min(value.size() - 1, words.size()); rest >= shortest_secret;
         --rest) {
      if (!words.ends_with(std::string_view(value).substr(0, rest))) continue;
      words.replace(words.size() - rest, rest, instead);
      break;
    }
  }
}

}  // namespace lodge::client
