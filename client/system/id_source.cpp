#include "client/system/id_source.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "client/system/system_clock.hpp"
#include "client/system/system_random.hpp"
#include "lodge/client.hpp"

namespace lodge::client {
namespace {

constexpr std::uint32_t counter_end = 1U << 12;
constexpr std::uint32_t counter_seeds = 1U << 11;  // the upper half stays free to count
constexpr std::int64_t latest = (std::int64_t{1} << 48) - 1;

void put_bits(std::uint64_t bits, UuidChance& chance, std::size_t from) {
  for (std::size_t i = from; i < std::min(from + 8, chance.size()); ++i, bits >>= 8) {
    chance[i] = static_cast<std::uint8_t>(bits);
  }
}

}  // namespace

IdSource::IdSource(std::shared_ptr<Clock> clock, RandomSource random)
    : clock_(std::move(clock)), random_(std::move(random)) {}

UuidBytes IdSource::next() {
  const std::int64_t now = std::clamp<std::int64_t>(
      clock_->now().time_since_epoch() / std::chrono::milliseconds(1), 0, latest);
  UuidChance chance{};
  put_bits(random_(), chance, 0);
  const std::uint64_t bits = random_();
  put_bits(bits, chance, 8);  // takes the lower 16
  const auto seed = static_cast<std::uint32_t>(bits >> 32) % counter_seeds;

  const std::lock_guard lock(mutex_);
  if (now > milliseconds_) {
    milliseconds_ = now;
    counter_ = seed;
  } else if (++counter_ == counter_end) {
    ++milliseconds_;
    counter_ = seed;
  }
  UuidBytes id = make_uuid_v7(Time(std::chrono::milliseconds(milliseconds_)), chance);
  id[6] = static_cast<std::uint8_t>(0x70U | (counter_ >> 8));
  id[7] = static_cast<std::uint8_t>(counter_ & 0xFFU);
  return id;
}

}  // namespace lodge::client

namespace lodge {

std::string new_key() {
  static client::IdSource source(std::make_shared<client::SystemClock>(), client::system_random());
  return uuid_text(source.next());
}

}  // namespace lodge
