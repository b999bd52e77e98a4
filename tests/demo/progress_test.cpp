#include "demo/day/progress.hpp"

#include "support/catch.hpp"

namespace lodge::demo {
namespace {

using std::chrono::seconds;

constexpr Progress::Moment begin{};

}  // namespace

TEST_CASE("progress tells the rate and what is left at that pace") {
  Progress progress(100, begin);
  CHECK(progress.rate() == 0);
  CHECK_FALSE(progress.left());
  progress.update(20, begin + seconds(2));
  CHECK(progress.rate() == Approx(10));
  CHECK(progress.left() == seconds(8));
  CHECK(progress_words(progress) == "20 %  20 of 100  10/s  8 s left");
}

TEST_CASE("only the last seconds count for the rate") {
  Progress progress(1'000, begin);
  progress.update(500, begin + seconds(1));
  for (int second = 2; second <= 11; ++second) progress.update(500, begin + seconds(second));
  CHECK(progress.rate() == 0);
  CHECK_FALSE(progress.left());
  CHECK(progress_words(progress) == "50 %  500 of 1000  0.0/s  waiting");
  progress.update(510, begin + seconds(11));
  CHECK(progress.rate() == Approx(2));
}

TEST_CASE("what is done has no time left, and a total that was too small grows") {
  Progress progress(10, begin);
  progress.update(12, begin + seconds(1));
  CHECK(progress.total() == 12);
  CHECK(progress.left() == seconds(0));
  CHECK(progress_words(progress) == "100 %  12 of 12");
  CHECK(progress_words(Progress(0, begin)) == "100 %  0 of 0");
}

TEST_CASE("a progress bar has the width it was asked for") {
  CHECK(progress_bar(0, 10, 12) == "[..........]");
  CHECK(progress_bar(3, 10, 12) == "[###.......]");
  CHECK(progress_bar(10, 10, 12) == "[##########]");
  CHECK(progress_bar(20, 10, 12) == "[##########]");
  CHECK(progress_bar(0, 0, 4) == "[##]");
  CHECK(progress_bar(1, 2, -5) == "[.]");
}

}  // namespace lodge::demo
