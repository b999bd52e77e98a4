#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "queue/json/document.hpp"

namespace lodge::fuzz {

/// JSON by the measure of whoever seals a form; empty for anything else.
inline std::optional<nlohmann::json> read_json(std::string_view text) {
  auto parsed = queue::parse_document(text);
  auto* document = std::get_if<queue::Document>(&parsed);
  if (document == nullptr) return std::nullopt;
  return std::move(document->value);
}

}  // namespace lodge::fuzz
