#include "client/explanation_words.hpp"

#include <array>
#include <chrono>
#include <ctime>

namespace lodge::client {

std::string utc_text(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto civil = std::chrono::system_clock::to_time_t(seconds);
  std::tm parts{};
  if (::gmtime_r(&civil, &parts) == nullptr) return {};
  std::array<char, 40> text{};
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return {text.data(), length};
}

std::string withdrawal_words(const HistoryEntry& entry) {
  std::string words = "It was taken back";
  if (!entry.who.empty()) words += " by " + entry.who;
  const std::string time = utc_text(entry.at);
  if (!time.empty()) words += " at " + time;
  if (entry.action != "withdrawn") words += " (" + entry.action + ")";
  if (!entry.why.empty()) words += ": " + entry.why;
  if (!words.ends_with('.')) words += ".";
  return words;
}

}  // namespace lodge::client
