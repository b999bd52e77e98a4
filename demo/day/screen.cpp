#include "demo/day/screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "demo/day/table.hpp"

namespace lodge::demo {
namespace {

using std::chrono::steady_clock;

// True once per interval.
class Beat {
 public:
  explicit Beat(std::chrono::milliseconds interval) : interval_(interval) {}

  bool is_time() {
    const auto now = steady_clock::now();
    if (now < next_) return false;
    next_ = now + interval_;
    return true;
  }

 private:
  std::chrono::milliseconds interval_;
  steady_clock::time_point next_{};
};

Picture take(const Screen::Draw& draw, Progress& progress) {
  Picture picture = draw();
  const Status& status = picture.status;
  progress.update(status.count(State::delivered) + status.count(State::withdrawn) +
                      status.count(State::replaced),
                  steady_clock::now());
  return picture;
}

int terminal_width() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

bool wants_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return (no_colour == nullptr || *no_colour == '\0') && terminal != nullptr &&
         std::string_view(terminal) != "dumb";
}

class Live : public Screen {
 public:
  void begin(const Draw& draw, Progress& progress) override { paint(draw, progress); }
  void show(const Draw& draw, Progress& progress) override {
    if (beat_.is_time()) paint(draw, progress);
  }
  void end(const Draw& draw, Progress& progress) override { paint(draw, progress); }

 private:
  void paint(const Draw& draw, Progress& progress) {
    // One column stays free: a full last column would wrap on some terminals.
    const auto lines =
        render_table(take(draw, progress), progress, terminal_width() - 1, wants_colour());
    std::string frame;
    if (drawn_ > 0) frame = "\x1b[" + std::to_string(drawn_) + "A";
    for (const std::string& line : lines) frame += "\r" + line + "\x1b[K\n";
    std::fwrite(frame.data(), 1, frame.size(), stdout);
    std::fflush(stdout);
    drawn_ = lines.size();
  }

  Beat beat_{std::chrono::milliseconds(100)};
  std::size_t drawn_ = 0;
};

class Plain : public Screen {
 public:
  void begin(const Draw& draw, Progress& progress) override {
    const Picture picture = take(draw, progress);
    std::printf("[%s] %d/%d %s: %s\n", clock_words(picture.elapsed).c_str(), picture.phase,
                picture.phases, picture.name.c_str(), picture.words.c_str());
    std::fflush(stdout);
    beat_.is_time();
  }
  void show(const Draw& draw, Progress& progress) override {
    if (beat_.is_time()) print(draw, progress);
  }
  void end(const Draw& draw, Progress& progress) override { print(draw, progress); }

 private:
  static void print(const Draw& draw, Progress& progress) {
    std::printf("%s\n", render_line(take(draw, progress), progress).c_str());
    std::fflush(stdout);
  }

  Beat beat_{std::chrono::seconds(1)};
};

class Silent : public Screen {
 public:
  void begin(const Draw&, Progress&) override {}
  void show(const Draw&, Progress&) override {}
  void end(const Draw&, Progress&) override {}
};

}  // namespace

std::unique_ptr<Screen> live_screen() { return std::make_unique<Live>(); }
std::unique_ptr<Screen> plain_screen() { return std::make_unique<Plain>(); }
std::unique_ptr<Screen> silent_screen() { return std::make_unique<Silent>(); }

}  // namespace lodge::demo
