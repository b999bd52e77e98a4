#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#include "storage/sqlite/commit_queue.hpp"
#include "storage/store.hpp"
#include "storage/tables/streams.hpp"

namespace lodge::storage {

/// The store's members are thin: each is one unit of work, put together from the files of the
/// tables.
struct Store::Impl {
  explicit Impl(StoreOptions store_options) : options(std::move(store_options)), queue(options) {}

  StoreOptions options;
  CommitQueue queue;
  std::atomic<std::uint64_t> gate_changes{0};

  /// One transaction of writes; returns what `unit` returned when it last ran.
  template <class Unit>
  auto write(const Unit& unit) {
    return run(unit, [this](const auto& work) {
      queue.run([&work](Database& database) {
        work(database);
        write_stream_changes(database);
      });
    });
  }

  /// One snapshot for reading.
  template <class Unit>
  auto read(const Unit& unit) {
    return run(unit, [this](const auto& work) { queue.read(work); });
  }

 private:
  // A unit may run again after its connection was replaced: only the last result counts.
  template <class Unit, class Runner>
  static auto run(const Unit& unit, const Runner& runner) {
    using Result = std::invoke_result_t<const Unit&, Database&>;
    if constexpr (std::is_void_v<Result>) {
      runner([&unit](Database& database) { unit(database); });
    } else {
      std::optional<Result> result;
      runner([&](Database& database) { result.emplace(unit(database)); });
      return *std::move(result);
    }
  }
};

}  // namespace lodge::storage
