#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crash/power/desk.hpp"
#include "crash/power/power_cut.hpp"

namespace lodge::test {

/// What a client finds on an image.
struct Finding {
  std::string error{};  ///< empty: it opens, and every rule holds
  View view{};
};

/// Figures of a sweep.
struct SweepCount {
  std::int64_t points = 0;
  std::int64_t images = 0;
  std::int64_t distinct = 0;
  std::int64_t opened = 0;  ///< by a client; the others held what one had seen
  std::int64_t states = 0;  ///< different things that a store was found to hold
  std::int64_t nested_points = 0;
  std::int64_t nested_images = 0;
  std::int64_t drained = 0;  ///< images from which delivery went on until the outbox was empty
  std::int64_t breaches = 0;
  SweepCount& operator+=(const SweepCount& other);
};

struct SweepOptions {
  CutLimits limits{};
  CutLimits nested_limits{
      .every_subset_up_to = 3, .one_lost = 1, .one_kept = 1, .random = 3, .torn = 2};
  std::size_t stride = 1;
  int drain_every = 0;  ///< delivers from each so-manieth distinct image; 0: from none
  /// Cuts the power again while each so-manieth distinct image is recovered and worked on.
  int nested_every = 0;
  /// Opens each so-manieth distinct image by a client even if SQLite recovers from it what a client
  /// has seen already.
  int open_every = 16;
  std::size_t most_breaches = 5;  ///< kept as sentences
};

/// Opens every image that a power cut may have left of a desk's disk, and compares it with what the
/// desk's calls promised.
class Judge {
 public:
  Judge(Desk& desk, const SweepOptions& options);

  SweepCount sweep();
  [[nodiscard]] const std::vector<std::string>& breaches() const { return breaches_; }

 private:
  using Found = std::shared_ptr<const Finding>;

  void see(std::size_t position, const DiskImage& image);
  Found look(std::size_t position, const DiskImage& image);
  Found recover(const DiskImage& image, bool anyway);
  Found open(const DiskImage& image);
  Found examine(Client& client);
  void cut_again(std::size_t position, const DiskImage& image, const View& left);
  void drain(std::size_t position, const DiskImage& image);
  void compare_once(std::size_t position, const Found& found);
  void compare(std::size_t position, const Finding& finding);
  void breach(std::size_t position, const std::string& sentence);
  Options options();

  Desk& desk_;
  SweepOptions options_;
  MemoryDisk disk_{};
  std::map<std::uint64_t, Found> known_{};      ///< by what is on the disk
  std::map<std::uint64_t, Found> recovered_{};  ///< by what SQLite makes of that
  std::map<std::uint64_t, Found> states_{};     ///< by what SQLite reads once a client is open
  std::vector<Found> compared_{};               ///< at this moment
  std::size_t moment_ = 0;
  SweepCount count_{};
  std::vector<std::string> breaches_{};
};

}  // namespace lodge::test
