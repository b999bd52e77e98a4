#include "storage/store.hpp"

#include "storage/store_impl.hpp"

namespace lodge::storage {

Store::Store(StoreOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Store::~Store() = default;

}  // namespace lodge::storage
