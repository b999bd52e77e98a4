#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <vector>

#include "crash/disk/memory_disk.hpp"

namespace lodge::test {

/// How many images are made of each moment at which the power may go.
struct CutLimits {
  int every_subset_up_to = 6;  ///< of unsynced operations; beyond that the numbers below
  int one_lost = 2;            ///< all but one reached the medium
  int one_kept = 2;            ///< only one did
  int random = 4;              ///< any of them did
  int torn = 3;                ///< one write is cut inside, or leaves noise in one sector
  /// A cut write may spoil the whole sectors that it touches, beyond its own bytes.
  bool spill = false;
  /// Of what a failed sync was to bring to the medium some is there, some is torn. Otherwise
  /// nothing is.
  bool part_of_failed_sync = false;
};

/// What a disk may hold after a power cut at each moment of a log: operations of a file that was
/// not synced since may be there or not, in any combination; synced ones are. What a failed sync
/// was to bring there no later one brings.
class PowerCut {
 public:
  /// Told for each image: how many operations of the log had been issued.
  using See = std::function<void(std::size_t position, const DiskImage& image)>;

  PowerCut(const DiskImage& from, const std::vector<DiskOperation>& log, const CutLimits& limits,
           std::uint64_t seed)
      : log_(log), limits_(limits), durable_(from), chance_(seed) {}

  /// Cuts before each operation and after the last, every `stride`-th of these.
  void run(const See& see, std::size_t stride = 1);

  [[nodiscard]] std::int64_t points() const { return points_; }
  [[nodiscard]] std::int64_t images() const { return images_; }

 private:
  enum class Fate { lost, kept, torn, noise };
  using Fates = std::vector<Fate>;

  void issue(const DiskOperation& operation);
  void give_up(const DiskOperation& operation);
  void sync_folder();
  void cut(std::size_t position, const See& see);
  void subsets(std::size_t position, const See& see);
  void samples(std::size_t position, const See& see);
  void torn(std::size_t position, const See& see);
  void show(const Fates& fates, std::size_t position, const See& see);
  void apply(const DiskOperation& operation, Fate fate, DiskImage& image);
  void tear(const DiskOperation& write, Fate fate, PagedFile& file);
  void write_noise(const DiskOperation& write, std::int64_t sector, PagedFile& file);
  Fates random_fates();
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(chance_() % limit); }

  const std::vector<DiskOperation>& log_;
  CutLimits limits_;
  DiskImage durable_;
  std::vector<const DiskOperation*> pending_{};
  std::mt19937_64 chance_;
  std::int64_t points_ = 0;
  std::int64_t images_ = 0;
};

}  // namespace lodge::test
