#include "storage/store.hpp"

#include "storage/history/high_mark.hpp"
#include "storage/history/mark_loss.hpp"
#include "storage/store_impl.hpp"

namespace lodge::storage {

Store::Store(StoreOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Store::~Store() = default;

std::optional<Loss> Store::note_loss(const Act& act) {
  const auto& path = impl_->queue.mark_path();
  if (path.empty()) return std::nullopt;
  std::optional<Loss> loss;
  impl_->queue.run_marking([&](Database& database) {
    const auto mark = read_mark(path);
    loss = mark ? find_loss(database, *mark) : std::nullopt;
    if (loss) storage::note_loss(database, *mark, *loss, act);
    return loss.has_value();
  });
  return loss;
}

std::optional<std::chrono::nanoseconds> Store::keep_mark() noexcept {
  return impl_->queue.keep_mark();
}

}  // namespace lodge::storage
