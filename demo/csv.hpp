#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lodge::demo {

using CsvRow = std::vector<std::string>;

/// Reads CSV (RFC 4180): quoted cells may hold commas, line ends and doubled quotes; lines end with
/// LF or CRLF, the last one may lack its end; empty cells are kept, empty lines are skipped. Throws
/// std::invalid_argument for an unclosed quote, or text behind a closing quote.
std::vector<CsvRow> read_csv(std::string_view text);

}  // namespace lodge::demo
