#include <cmath>
#include <string>

#include "lodge/error.hpp"
#include "queue/json/document.hpp"
#include "queue/json/write_json.hpp"

namespace lodge::queue {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& sentence) {
  throw Error(Errc::invalid_content, sentence);
}

[[noreturn]] void refuse_size(const Limits& limits) {
  refuse("The content is larger than " + std::to_string(limits.max_bytes) +
         " bytes; shorten it, or keep large parts elsewhere and refer to them.");
}

// Walks `value` and looks at all that writing it would hide or not survive. The recursion ends at
// the depth limit.
class Inspection {
 public:
  explicit Inspection(const Limits& limits) : limits_(limits) {}

  void visit(const json& value, std::size_t depth) {
    switch (value.type()) {
      case json::value_t::object:
        return visit_object(value, depth);
      case json::value_t::array:
        return visit_array(value, depth);
      case json::value_t::string:
        return count(value.get_ref<const std::string&>().size());
      case json::value_t::number_float:
        return visit_float(value.get<double>());
      case json::value_t::binary:
        refuse("The content holds binary data, which JSON cannot; store it as Base64 text.");
      case json::value_t::discarded:
        refuse("The content holds a value that was discarded when it was parsed; remove it.");
      default:
        return count(1);
    }
  }

 private:
  void visit_object(const json& value, std::size_t depth) {
    check_depth(depth);
    for (const auto& [name, member] : value.get_ref<const json::object_t&>()) {
      count(name.size());
      visit(member, depth + 1);
    }
  }

  void visit_array(const json& value, std::size_t depth) {
    check_depth(depth);
    for (const json& element : value) visit(element, depth + 1);
  }

  void visit_float(double number) {
    if (!std::isfinite(number)) {
      refuse(
          "The content holds NaN or an infinity, which JSON cannot; use null or a text instead.");
    }
    count(1);
  }

  void check_depth(std::size_t depth) const {
    if (depth <= limits_.max_depth) return;
    refuse("The content is nested more than " + std::to_string(limits_.max_depth) +
           " levels deep; use fewer objects and arrays inside one another.");
  }

  // A lower bound of what will be written, so that a huge document is not written first.
  void count(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ > limits_.max_bytes) refuse_size(limits_);
  }

  const Limits& limits_;
  std::size_t bytes_ = 0;
};

std::string write(const json& content) {
  try {
    return write_json(content);
  } catch (const json::type_error&) {
    refuse("The content holds text that is not UTF-8; convert it before it is saved.");
  }
}

}  // namespace

std::string seal_content(const json& content, const Limits& limits) {
  if (!content.is_object()) {
    refuse("The content is not a JSON object; put its values into named members.");
  }
  Inspection(limits).visit(content, 1);
  std::string bytes = write(content);
  if (bytes.size() > limits.max_bytes) refuse_size(limits);
  return bytes;
}

void check_content(const json& content, const Limits& limits) {
  static_cast<void>(seal_content(content, limits));
}

}  // namespace lodge::queue
