#include "demo/day/table.hpp"

#include <algorithm>

#include "support/catch.hpp"

namespace lodge::demo {
namespace {

Picture some_picture() {
  Picture picture{.phase = 4, .phases = 9, .name = "captive portal", .words = "a page answers"};
  picture.link = "sign-in page";
  picture.status.path = Path::captive;
  picture.status.server = ServerState::ok;
  picture.status.counts[static_cast<int>(State::pending)] = 12;
  picture.status.counts[static_cast<int>(State::delivered)] = 88;
  picture.holds = {{HoldReason::intercepted, 9}, {HoldReason::paused, 3}, {HoldReason::none, 5}};
  picture.elapsed = std::chrono::seconds(75);
  return picture;
}

Progress some_progress() {
  Progress progress(200, Progress::Moment{});
  progress.update(88, Progress::Moment{} + std::chrono::seconds(4));
  return progress;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace

TEST_CASE("the table shows phase, network, holds, every state and the progress") {
  const auto lines = render_table(some_picture(), some_progress(), 80, false);
  const std::string text = joined(lines);
  CHECK(lines.size() == 13);
  CHECK(lines[0] == "01:15  4/9  captive portal");
  CHECK(lines[2] == "  link sign-in page    path captive   server ok");
  CHECK(lines[3] == "  held: intercepted 9, paused 3");
  for (int i = 0; i < state_count; ++i) {
    CHECK(text.find(name(static_cast<State>(i))) != std::string::npos);
  }
  CHECK(lines.back().find("44 %  88 of 200  22/s  6 s left") != std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("no line of the table is longer than the terminal, however narrow") {
  for (int width = 0; width <= 120; ++width) {
    const auto lines = render_table(some_picture(), some_progress(), width, false);
    CHECK(lines.size() == 13);
    CHECK(std::ranges::all_of(
        lines, [&](const auto& line) { return static_cast<int>(line.size()) <= width; }));
  }
}

TEST_CASE("colours take no room and are always ended") {
  const auto plain = render_table(some_picture(), some_progress(), 60, false);
  auto coloured = render_table(some_picture(), some_progress(), 60, true);
  CHECK(joined(coloured) != joined(plain));
  for (std::string& line : coloured) {
    for (auto at = line.find('\x1b'); at != std::string::npos; at = line.find('\x1b')) {
      line.erase(at, line.find('m', at) - at + 1);
    }
  }
  CHECK(coloured == plain);
}

TEST_CASE("a line for a log names only the states that there are") {
  CHECK(render_line(some_picture(), some_progress()) ==
        "[01:15] captive portal: pending 12, delivered 88, held: intercepted 9, paused 3; path "
        "captive, server ok; 44 %  88 of 200  22/s  6 s left");
}

}  // namespace lodge::demo
