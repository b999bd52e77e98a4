#include "client/delivery/pace.hpp"

#include <algorithm>

namespace lodge::client {
namespace {

constexpr Duration measured{20};    // at least, for one look at the pace
constexpr Duration forgotten{200};  // longer ago than that says nothing
constexpr Duration horizon{40};

}  // namespace

void Pace::answered(int count, Time now) {
  if (!since_ || now < *since_ || now - *since_ > forgotten) {
    since_ = now;
    count_ = 0;
    ahead_ = 0;
    return;  // these came at the beginning of the time that is measured
  }
  count_ += count;
  if (now - *since_ < measured) return;
  ahead_ = static_cast<int>(
      std::min<std::int64_t>(most_, count_ * horizon.count() / (now - *since_).count()));
  since_ = now;
  count_ = 0;
}

void Pace::stumbled() {
  ahead_ = 0;
  since_.reset();
}

}  // namespace lodge::client
