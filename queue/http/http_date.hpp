#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "lodge/time.hpp"

namespace lodge::queue {

/// The years that a four-digit year can say: from 0 to 9999.
inline constexpr Time earliest_http_date =
    std::chrono::sys_days(std::chrono::year(0) / std::chrono::January / 1);
inline constexpr Time latest_http_date =
    std::chrono::sys_days(std::chrono::year(9999) / std::chrono::December / 31);

/// Reads an HTTP date in any of its three forms (RFC 9110 §5.6.7), up to the year 9999, whatever
/// the locale. `now` decides the century of the form with a two-digit year: the one at most 50
/// years ahead, within these years. The day's name must be one, but need not fit the date. Empty
/// for anything else.
std::optional<Time> parse_http_date(std::string_view text, Time now);

}  // namespace lodge::queue
