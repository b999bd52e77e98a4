#pragma once

#include <string_view>

namespace lodge::queue {

/// Whether two number texts (JSON's grammar, "1.50" and "15e-1") denote the same number, compared
/// digit by digit without rounding. Any byte that is no digit, sign or exponent letter counts as
/// the decimal point, since a lexer may have put the locale's there.
bool same_decimal(std::string_view left, std::string_view right);

}  // namespace lodge::queue
