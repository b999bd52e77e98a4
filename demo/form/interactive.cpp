#include "demo/form/interactive.hpp"

#include <iostream>

#include "demo/form/page.hpp"
#include "demo/form/terminal.hpp"

namespace lodge::demo {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds look_again{1'000};  // the network's state has no event of its own
constexpr milliseconds rest_of_a_key{50};

std::string frame(const FormPage& page, int width, const std::string& status) {
  std::string text = "\x1b[?25l\x1b[H";
  for (const std::string& line : page.lines(width, status)) text += line + "\x1b[K\r\n";
  const auto [row, column] = page.cursor(width);
  return text + "\x1b[J\x1b[" + std::to_string(row + 1) + ";" + std::to_string(column + 1) +
         "H\x1b[?25h";
}

// False: the person leaves.
bool press_all(FormPage& page, KeyReader& keys, bool is_all) {
  while (const auto key = keys.next(is_all)) {
    if (!page.press(*key)) return false;
  }
  return true;
}

// Returns the exit status.
int fill_in(FormSession& session) {
  FormPage page(session);
  KeyReader keys;
  Terminal terminal;
  while (!terminal.ended()) {
    terminal.write(frame(page, terminal.width(), session.status()));
    const auto bytes = terminal.read(keys.is_waiting() ? rest_of_a_key : look_again);
    keys.feed(bytes);
    if (!press_all(page, keys, bytes.empty())) return 0;
  }
  return 128 + *terminal.ended();
}

}  // namespace

int run_interactive(Options options) {
  FormSession session(std::move(options), [](std::optional<Time>) { Terminal::wake(); });
  const int exit_status = fill_in(session);
  std::cout << session.status() << "\n";
  return exit_status;
}

}  // namespace lodge::demo
