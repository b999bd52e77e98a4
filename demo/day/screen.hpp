#pragma once

#include <functional>
#include <memory>

#include "demo/day/picture.hpp"
#include "demo/day/progress.hpp"

namespace lodge::demo {

/// Shows the day while it goes on. show() is called as often as the script likes; a screen asks for
/// a picture only when it is time to draw one.
class Screen {
 public:
  using Draw = std::function<Picture()>;

  Screen() = default;
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  virtual ~Screen() = default;

  /// A phase begins.
  virtual void begin(const Draw& draw, Progress& progress) = 0;
  virtual void show(const Draw& draw, Progress& progress) = 0;
  /// The day is over; what is shown stays.
  virtual void end(const Draw& draw, Progress& progress) = 0;
};

/// A table that is drawn over itself, ten times a second at most. Colours unless NO_COLOR is set.
std::unique_ptr<Screen> live_screen();
/// A line when a phase begins, and one a second at most.
std::unique_ptr<Screen> plain_screen();
std::unique_ptr<Screen> silent_screen();

}  // namespace lodge::demo
