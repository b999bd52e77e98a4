#pragma once

#include <optional>
#include <string>

#include "lodge/history.hpp"
#include "lodge/time.hpp"

// What explain() says beyond the queue's own words.
namespace lodge::client {

/// "2026-11-30 19:44:10 UTC"; empty where the calendar ends.
std::string utc_text(Time time);

/// Who took a form back, when and why, as the history's entry of it says.
std::string withdrawal_words(const HistoryEntry& entry);

}  // namespace lodge::client
