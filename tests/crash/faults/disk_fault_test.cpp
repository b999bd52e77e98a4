#include <initializer_list>
#include <iostream>
#include <string_view>

#include "crash/faults/fault_sweep.hpp"
#include "support/catch.hpp"
#include "support/fault_vfs.hpp"
#include "support/test_size.hpp"

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

struct Struck {
  std::int64_t runs = 0;
  std::size_t breaches = 0;
};

Struck fail_disk(const Subject& subject, bool cold, std::int64_t stride) {
  Struck all;
  for (const auto fault : {DiskFault::io, DiskFault::full, DiskFault::half}) {
    for (const bool for_good : {false, true}) {
      DiskTrouble trouble(fault);
      FaultSweep sweep(subject, trouble);
      if (cold) sweep.with_cold_client();
      all.runs += sweep.run(for_good, stride);
      all.breaches += sweep.breaches().size();
      for (const auto& breach : sweep.breaches())
        UNSCOPED_INFO("fault " << static_cast<int>(fault) << (cold ? ", cold, " : ", ") << breach);
    }
  }
  std::cout << "disk faults, " << subject.name << (cold ? ", just opened: " : ": ") << all.runs
            << " runs, " << all.breaches << " breaches" << std::endl;
  CHECK(all.breaches == 0);
  return all;
}

/// A client that was just opened reads more, so more calls can fail; at small size some of them do.
std::int64_t fail_disk(std::initializer_list<std::string_view> names,
                       std::int64_t small_stride = 1) {
  std::int64_t runs = 0;
  for (const auto name : names) {
    runs += fail_disk(subject(name), false, stride(small_stride)).runs;
    runs += fail_disk(subject(name), true, stride(7)).runs;
  }
  return runs;
}

TEST_CASE("D3: I/O error, full disk and half a write at every call of what people do: all or none",
          "[D3]") {
  // Most calls are one write and one sync.
  CHECK(fail_disk({"save", "submit", "submit_all", "withdraw", "discard", "pause"}) >= 400);
}

TEST_CASE("D3: I/O error, full disk and half a write at every call of what else changes a store",
          "[D3]") {
  CHECK(fail_disk({"withdraw_from", "amend", "remove", "resume", "resolve"}) >= 100);
}

TEST_CASE("D3: I/O error, full disk and half a write at every call of reading", "[D3]") {
  CHECK(fail_disk({"read", "verify", "explain", "refresh"}) >= 30);
}

TEST_CASE("D3: I/O error, full disk and half a write at every call of opening and closing",
          "[D3]") {
  CHECK(fail_disk(subject("open"), false, 1).runs >= 100);
  CHECK(fail_disk(subject("close"), false, 1).runs >= 12);
}

TEST_CASE("D3, D4: I/O error, full disk and half a write at every call of delivery: one effect",
          "[D3][D4]") {
  CHECK(fail_disk({"deliver"}) >= 100);
  CHECK(fail_disk({"deliver in doubt", "find a conflict"}, 3) >= 60);
}

TEST_CASE("D3: I/O error, full disk and half a write at every call of a large save or a creation",
          "[D3]") {
  CHECK(fail_disk({"save large", "submit large"}) >= 24);
  CHECK(fail_disk(subject("create"), false, 1).runs >= 300);
}

}  // namespace
}  // namespace lodge::test
