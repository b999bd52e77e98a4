#include "demo/day/table.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

namespace lodge::demo {
namespace {

enum class Colour { plain = 0, bold = 1, faint = 2, red = 31, green = 32, yellow = 33, cyan = 36 };

constexpr int state_column = 14;
constexpr int count_column = 8;

// A line that is cut at the terminal's edge; colours take no room.
class Line {
 public:
  Line(int width, bool colour) : room_(std::max(width, 0)), colour_(colour) {}

  Line& add(std::string_view text, Colour colour = Colour::plain) {
    const auto shown = text.substr(0, room_);
    room_ -= shown.size();
    if (!colour_ || colour == Colour::plain || shown.empty()) {
      text_ += shown;
    } else {
      text_ += "\x1b[" + std::to_string(static_cast<int>(colour)) + "m";
      text_ += shown;
      text_ += "\x1b[0m";
    }
    return *this;
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::size_t room_;
  bool colour_;
  std::string text_;
};

std::string padded(std::string_view text, int width) {
  std::string result(text);
  result.resize(std::max(result.size(), static_cast<std::size_t>(width)), ' ');
  return result;
}

std::string right_aligned(std::int64_t number, int width) {
  char text[32];
  std::snprintf(text, sizeof text, "%*lld", width, static_cast<long long>(number));
  return text;
}

Colour colour_of(State state) {
  switch (state) {
    case State::delivered:
      return Colour::green;
    case State::unconfirmed:
      return Colour::yellow;
    case State::conflicted:
    case State::rejected:
      return Colour::red;
    case State::withdrawn:
    case State::replaced:
      return Colour::faint;
    default:
      return Colour::cyan;
  }
}

Colour colour_of(Path path) {
  if (path == Path::online) return Colour::green;
  return path == Path::unknown ? Colour::yellow : Colour::red;
}

Colour colour_of(ServerState server) {
  if (server == ServerState::ok) return Colour::green;
  return server == ServerState::unknown ? Colour::plain : Colour::red;
}

struct Canvas {
  int width;
  bool colour;
  std::vector<std::string> lines{};

  [[nodiscard]] Line line() const { return {width, colour}; }
  void put(const Line& line) { lines.push_back(line.text()); }
};

void put_state(Canvas& canvas, const Picture& picture, const Progress& progress, State state) {
  const auto count = picture.status.count(state);
  const int room = canvas.width - state_column - count_column - 4;
  const auto bar = progress.total() > 0 && room > 0
                       ? (count * room + progress.total() - 1) / progress.total()
                       : 0;
  const auto length = static_cast<std::size_t>(std::clamp<std::int64_t>(bar, 0, std::max(room, 0)));
  const Colour colour = count > 0 ? colour_of(state) : Colour::faint;
  canvas.put(canvas.line()
                 .add("  " + padded(name(state), state_column), colour)
                 .add(right_aligned(count, count_column))
                 .add("  ")
                 .add(std::string(length, '='), colour));
}

void put_head(Canvas& canvas, const Picture& picture) {
  const std::string step =
      "  " + std::to_string(picture.phase) + "/" + std::to_string(picture.phases) + "  ";
  canvas.put(canvas.line()
                 .add(clock_words(picture.elapsed))
                 .add(step, Colour::faint)
                 .add(picture.name, Colour::bold));
  canvas.put(canvas.line().add("  " + picture.words, Colour::faint));
}

void put_network(Canvas& canvas, const Picture& picture) {
  const Status& status = picture.status;
  canvas.put(canvas.line()
                 .add("  link " + padded(picture.link, 16))
                 .add("path ")
                 .add(padded(name(status.path), 10), colour_of(status.path))
                 .add("server ")
                 .add(name(status.server), colour_of(status.server)));
  canvas.put(
      canvas.line()
          .add("  held: ")
          .add(hold_words(picture.holds), picture.holds.empty() ? Colour::plain : Colour::yellow));
}

}  // namespace

std::string clock_words(std::chrono::seconds elapsed) {
  char text[32];
  const auto seconds = static_cast<long long>(elapsed.count());
  std::snprintf(text, sizeof text, "%02lld:%02lld", seconds / 60, seconds % 60);
  return text;
}

std::string hold_words(const std::map<HoldReason, int>& holds) {
  std::string words;
  for (const auto& [reason, count] : holds) {
    if (reason == HoldReason::none) continue;
    words += (words.empty() ? "" : ", ") + std::string(name(reason)) + " " + std::to_string(count);
  }
  return words.empty() ? "nothing" : words;
}

std::vector<std::string> render_table(const Picture& picture, const Progress& progress, int width,
                                      bool colour) {
  Canvas canvas{width, colour};
  put_head(canvas, picture);
  put_network(canvas, picture);
  for (int i = 0; i < state_count; ++i) {
    put_state(canvas, picture, progress, static_cast<State>(i));
  }
  const std::string words = "  " + progress_words(progress);
  const int room = width - 2 - static_cast<int>(words.size());
  Line last = canvas.line();
  last.add("  ");
  if (room >= 10) {
    last.add(progress_bar(progress.done(), progress.total(), std::min(room, 40)), Colour::green);
  }
  canvas.put(last.add(words));
  return std::move(canvas.lines);
}

std::string render_line(const Picture& picture, const Progress& progress) {
  std::string line = "[" + clock_words(picture.elapsed) + "] " + picture.name + ":";
  for (int i = 0; i < state_count; ++i) {
    const auto state = static_cast<State>(i);
    const auto count = picture.status.count(state);
    if (count > 0) line += " " + std::string(name(state)) + " " + std::to_string(count) + ",";
  }
  line += " held: " + hold_words(picture.holds) + "; path " +
          std::string(name(picture.status.path)) + ", server " +
          std::string(name(picture.status.server));
  return line + "; " + progress_words(progress);
}

}  // namespace lodge::demo
