#include <iostream>

#include "crash/faults/fault_sweep.hpp"
#include "support/catch.hpp"
#include "support/fault_vfs.hpp"

namespace lodge::test {
namespace {

class DiskTrouble final : public Trouble {
 public:
  explicit DiskTrouble(DiskFault fault) : fault_(fault) {}
  void move_in(Desk& desk) override {
    vfs_ = std::make_unique<FaultVfs>(desk.disk.name());
    desk.vfs = vfs_->name();
  }
  void arm(std::int64_t nth, bool for_good) override {
    hits_ = vfs_->hits();
    vfs_->fail_any(nth, fault_, for_good);
  }
  bool end() override {
    vfs_->heal();
    return vfs_->hits() > hits_;
  }

 private:
  DiskFault fault_;
  std::unique_ptr<FaultVfs> vfs_{};
  std::int64_t hits_ = 0;
};

std::int64_t sweep(const Subject& subject, std::int64_t stride) {
  std::int64_t runs = 0;
  for (const auto fault : {DiskFault::io, DiskFault::full, DiskFault::half}) {
    for (const bool for_good : {false, true}) {
      DiskTrouble trouble(fault);
      FaultSweep sweep(subject, trouble);
      runs += sweep.run(for_good, stride);
      for (const auto& breach : sweep.breaches())
        UNSCOPED_INFO("fault " << static_cast<int>(fault) << ", " << breach);
      CHECK(sweep.breaches().empty());
    }
  }
  std::cout << "disk faults, " << subject.name << ": " << runs << " runs\n";
  return runs;
}

TEST_CASE("D3: I/O error, full disk and half a write at every call of what people do: all or none",
          "[D3]") {
  std::int64_t runs = 0;
  for (const auto* name : {"save", "submit", "submit_all", "withdraw", "discard", "pause"})
    runs += sweep(subject(name), 1);
  CHECK(runs >= 400);  // most calls are one write and one sync
}

TEST_CASE("D3: I/O error, full disk and half a write at every call of opening", "[D3]") {
  CHECK(sweep(subject("open"), 1) >= 100);
}

TEST_CASE("D3, D4: I/O error, full disk and half a write at every call of delivery: one effect",
          "[D3][D4]") {
  CHECK(sweep(subject("deliver"), 1) >= 100);
}

TEST_CASE("D3: I/O error, full disk and half a write at every call of a large save or a creation",
          "[D3]") {
  CHECK(sweep(subject("save large"), 1) >= 12);
  CHECK(sweep(subject("create"), 1) >= 300);
}

}  // namespace
}  // namespace lodge::test
