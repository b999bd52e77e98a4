#include <iostream>
#include <optional>

#include "crash/faults/fault_sweep.hpp"
#include "storage/sqlite/allocation_faults.hpp"
#include "support/catch.hpp"
#include "support/test_size.hpp"

namespace lodge::test {
namespace {

/// A transport and a server that have memory of their own.
class SparedTransport final : public Transport {
 public:
  explicit SparedTransport(std::shared_ptr<Transport> real) : real_(std::move(real)) {}
  void start(TransferId id, Request request) override {
    const Spared spared;
    real_->start(id, std::move(request));
  }
  void cancel(TransferId id) override {
    const Spared spared;
    real_->cancel(id);
  }
  std::vector<Finished> collect() override {
    const Spared spared;
    return real_->collect();
  }
  void on_finished(std::function<void()> notify) override { real_->on_finished(std::move(notify)); }
  void forget_connections() override { real_->forget_connections(); }

 private:
  std::shared_ptr<Transport> real_;
};

class MemoryTrouble final : public Trouble {
 public:
  // The disk in memory would run out of it itself: real files.
  void move_in(Desk& desk) override {
    desk.real_files = true;
    desk.transport = std::make_shared<SparedTransport>(desk.wire);
  }
  void arm(std::int64_t nth, bool for_good) override { faults_.emplace(nth, for_good); }
  bool end() override {
    faults_.reset();
    return AllocationFaults::hits() > 0;
  }

 private:
  std::optional<AllocationFaults> faults_{};
};

void fail_memory(const Subject& subject, std::int64_t stride, std::int64_t least) {
  for (const bool for_good : {false, true}) {
    MemoryTrouble trouble;
    FaultSweep sweep(subject, trouble);
    const auto runs = sweep.run(for_good, is_large() ? 1 : stride);
    for (const auto& breach : sweep.breaches()) UNSCOPED_INFO(breach);
    CHECK(sweep.breaches().empty());
    CHECK(runs >= least);
    std::cout << "no memory, " << subject.name << (for_good ? ", for good: " : ", once: ") << runs
              << " runs\n";
  }
}

TEST_CASE("P11: no memory at any allocation of a save: all or none, and the next works", "[P11]") {
  fail_memory(subject("save"), 1, 1);
}
TEST_CASE("P11: no memory at any allocation of a submit: all or none, and the next works",
          "[P11]") {
  fail_memory(subject("submit"), 1, 1);
}
TEST_CASE("P11: no memory at any allocation of a batch: all or none, and the next works", "[P11]") {
  fail_memory(subject("submit_all"), 1, 1);
}
TEST_CASE("P11: no memory at any allocation of a withdrawal or discard", "[P11]") {
  fail_memory(subject("withdraw"), 3, 1);
  fail_memory(subject("discard"), 3, 1);
}
TEST_CASE("P11: no memory at any allocation of an autosave, a removal or a pause", "[P11]") {
  fail_memory(subject("autosave"), 1, 1);
  fail_memory(subject("remove"), 3, 1);
  fail_memory(subject("pause"), 3, 1);
}
TEST_CASE("P11: no memory at any allocation of reading and of opening", "[P11]") {
  fail_memory(subject("read"), 11, 1);
  fail_memory(subject("open"), 11, 1);
}
TEST_CASE("P11: no memory at any allocation of what else changes a store", "[P11]") {
  for (const auto* name : {"withdraw_from", "remove", "resume", "resolve"})
    fail_memory(subject(name), 11, 1);
}
TEST_CASE("P11: no memory at any allocation of delivery: it goes on later, with one effect",
          "[P11]") {
  fail_memory(subject("deliver"), 7, 1);
}

}  // namespace
}  // namespace lodge::test
