#include "storage/history/history_patch.hpp"

#include <optional>
#include <string>

#include "storage/tables/contents.hpp"

namespace lodge::storage {
namespace {

using nlohmann::json;

constexpr int deepest = 64;  // what a form may nest; comparing recurses that far

std::optional<std::string> text_of(Database& database, ContentNumber number) {
  try {
    return read_content(database, number);
  } catch (const Error& error) {
    if (error.code() == Errc::not_found || error.code() == Errc::store_damaged) return std::nullopt;
    throw;
  }
}

std::optional<json> document_of(std::string_view text) {
  bool too_deep = false;
  const auto watch_depth = [&](int depth, json::parse_event_t, const json&) {
    too_deep = too_deep || depth > deepest;
    return !too_deep;
  };
  auto document = json::parse(text, watch_depth, /*allow_exceptions=*/false);
  if (too_deep || document.is_discarded()) return std::nullopt;
  return document;
}

json addition(const std::string& text) {
  auto added = document_of(text);
  if (!added) return nullptr;
  return json::array({{{"op", "add"}, {"path", ""}, {"value", std::move(*added)}}});
}

}  // namespace

json patch_of_texts(std::string_view before, std::string_view after) {
  const auto ours = document_of(after);
  const auto base = ours ? document_of(before) : std::nullopt;
  if (!base || *base == *ours) return nullptr;
  return json::diff(*base, *ours);
}

json patch_between(Database& database, ContentNumber before, ContentNumber after) {
  if (before == after) return nullptr;
  if (after == 0) return json::array({{{"op", "remove"}, {"path", ""}}});
  const auto ours = text_of(database, after);
  if (!ours) return nullptr;
  if (before == 0) return addition(*ours);
  const auto base = text_of(database, before);
  return base ? patch_of_texts(*base, *ours) : json(nullptr);
}

}  // namespace lodge::storage
