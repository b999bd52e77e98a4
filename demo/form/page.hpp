#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "demo/form/keys.hpp"
#include "demo/form/session.hpp"
#include "demo/form/text_line.hpp"

namespace lodge::demo {

/// The form as a person sees it: one line per field, a cursor in one of them, and a notice.
/// No terminal: keys in, lines out.
class FormPage {
 public:
  explicit FormPage(FormSession& session);

  /// Takes a key; false: the person wants to leave.
  bool press(const Key& key);

  /// The page for a terminal of `width` columns, `status` last.
  [[nodiscard]] std::vector<std::string> lines(int width, std::string_view status) const;
  struct Position {
    int row = 0;  ///< both from 0
    int column = 0;
  };
  [[nodiscard]] Position cursor(int width) const;

 private:
  void load();
  void move(int step);
  void leave_email();
  void edited();
  void submit();
  bool edit(const Key& key);

  FormSession& session_;
  std::vector<TextLine> values_;
  std::size_t focus_ = 0;
  std::string notice_;
};

}  // namespace lodge::demo
