#include "demo/csv.hpp"

#include <stdexcept>

namespace lodge::demo {
namespace {

std::string quoted_cell(std::string_view& text) {
  std::string cell;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] != '"') {
      cell.push_back(text[at]);
    } else if (at + 1 < text.size() && text[at + 1] == '"') {
      cell.push_back(text[at++]);
    } else {
      text.remove_prefix(at + 1);
      return cell;
    }
  }
  throw std::invalid_argument("CSV: a quoted cell is not closed");
}

std::string plain_cell(std::string_view& text) {
  const std::string_view cell = text.substr(0, text.find_first_of(",\r\n"));
  text.remove_prefix(cell.size());
  return std::string(cell);
}

bool skip_line_end(std::string_view& text) {
  if (text.starts_with("\r\n")) return text.remove_prefix(2), true;
  if (text.starts_with('\n')) return text.remove_prefix(1), true;
  return false;
}

CsvRow read_row(std::string_view& text) {
  CsvRow row;
  while (true) {
    row.push_back(text.starts_with('"') ? quoted_cell(text) : plain_cell(text));
    if (text.empty() || skip_line_end(text)) return row;
    if (text.front() != ',') throw std::invalid_argument("CSV: text behind a cell");
    text.remove_prefix(1);
  }
}

}  // namespace

std::vector<CsvRow> read_csv(std::string_view text) {
  std::vector<CsvRow> rows;
  while (!text.empty()) {
    if (!skip_line_end(text)) rows.push_back(read_row(text));
  }
  return rows;
}

}  // namespace lodge::demo
