#include "crash/power/power_cut.hpp"

#include <algorithm>
#include <utility>

namespace lodge::test {
namespace {

using Kind = DiskOperation::Kind;

constexpr std::int64_t sector_size = 512;

std::span<const std::uint8_t> part(const DiskOperation& write, std::int64_t from, std::int64_t to) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(write.bytes.data());
  return {bytes + (from - write.offset), static_cast<std::size_t>(to - from)};
}

}  // namespace

void PowerCut::run(const See& see, std::size_t stride) {
  for (std::size_t position = 0; position < log_.size(); ++position) {
    if (position % stride == 0) cut(position, see);
    issue(log_[position]);
  }
  cut(log_.size(), see);
}

void PowerCut::issue(const DiskOperation& operation) {
  const auto is_its = [&](const auto* one) { return one->file == operation.file; };
  if (operation.kind == Kind::sync) {
    for (const auto* one : pending_)
      if (is_its(one)) apply(*one, Fate::kept, durable_);
    std::erase_if(pending_, is_its);
  } else if (operation.kind == Kind::sync_folder) {
    sync_folder();
  } else if (operation.kind == Kind::failed_sync) {
    for (const auto* one : pending_)
      if (is_its(one)) give_up(*one);
    std::erase_if(pending_, is_its);
  } else if (operation.kind == Kind::remove && operation.lasting) {
    std::erase_if(pending_, is_its);
    durable_.files.erase(operation.file);
  } else {
    pending_.push_back(&operation);
  }
}

/// Names that were made and removed are on the medium; what was written to a removed file is gone.
void PowerCut::sync_folder() {
  std::vector<const DiskOperation*> left;
  for (const auto* one : std::exchange(pending_, {})) {
    const bool removes = one->kind == Kind::remove;
    if (removes) std::erase_if(left, [&](const auto* other) { return other->file == one->file; });
    if (removes || one->kind == Kind::create)
      apply(*one, Fate::kept, durable_);
    else
      left.push_back(one);
  }
  pending_ = std::move(left);
}

void PowerCut::give_up(const DiskOperation& operation) {
  if (operation.kind != Kind::write) return apply(operation, Fate::kept, durable_);
  if (!limits_.part_of_failed_sync) return;
  constexpr Fate fates[] = {Fate::lost, Fate::kept, Fate::torn, Fate::noise};
  apply(operation, fates[below(std::size(fates))], durable_);
}

void PowerCut::cut(std::size_t position, const See& see) {
  ++points_;
  show(Fates(pending_.size(), Fate::kept), position, see);
  if (pending_.empty()) return;
  show(Fates(pending_.size(), Fate::lost), position, see);
  if (static_cast<int>(pending_.size()) <= limits_.every_subset_up_to)
    subsets(position, see);
  else
    samples(position, see);
  torn(position, see);
}

void PowerCut::subsets(std::size_t position, const See& see) {
  const auto all = (1U << pending_.size()) - 1;
  for (unsigned chosen = 1; chosen < all; ++chosen) {
    Fates fates(pending_.size(), Fate::lost);
    for (std::size_t i = 0; i < fates.size(); ++i)
      if ((chosen >> i & 1U) != 0) fates[i] = Fate::kept;
    show(fates, position, see);
  }
}

void PowerCut::samples(std::size_t position, const See& see) {
  const auto size = pending_.size();
  const auto pick = [&](int i) { return i == 0 ? size - 1 : below(size); };
  for (int i = 0; i < limits_.one_lost; ++i) {
    Fates fates(size, Fate::kept);
    fates[pick(i)] = Fate::lost;
    show(fates, position, see);
  }
  for (int i = 0; i < limits_.one_kept; ++i) {
    Fates fates(size, Fate::lost);
    fates[pick(i)] = Fate::kept;
    show(fates, position, see);
  }
  for (int i = 0; i < limits_.random; ++i) show(random_fates(), position, see);
}

void PowerCut::torn(std::size_t position, const See& see) {
  for (int i = 0; i < limits_.torn; ++i) {
    const auto place = i == 0 ? pending_.size() - 1 : below(pending_.size());
    if (pending_[place]->kind != Kind::write) continue;
    Fates fates = i % 2 == 0 ? Fates(pending_.size(), Fate::kept) : random_fates();
    fates[place] = i % 2 == 0 ? Fate::torn : Fate::noise;
    show(fates, position, see);
  }
}

void PowerCut::show(const Fates& fates, std::size_t position, const See& see) {
  DiskImage image = durable_;
  for (std::size_t i = 0; i < fates.size(); ++i) apply(*pending_[i], fates[i], image);
  ++images_;
  see(position, image);
}

void PowerCut::apply(const DiskOperation& operation, Fate fate, DiskImage& image) {
  if (fate == Fate::lost) return;
  if (operation.kind == Kind::create) {
    image.files.try_emplace(operation.file);
    return;
  }
  const auto place = image.files.find(operation.file);
  if (place == image.files.end()) return;  // its creation was lost
  PagedFile& file = place->second;
  if (operation.kind == Kind::remove) {
    image.files.erase(place);
  } else if (operation.kind == Kind::truncate) {
    if (operation.offset < file.size()) file.resize(operation.offset);
  } else if (fate != Fate::kept) {
    tear(operation, fate, file);
  } else {
    const auto end = operation.offset + static_cast<std::int64_t>(operation.bytes.size());
    file.write(operation.offset, part(operation, operation.offset, end));
  }
}

void PowerCut::tear(const DiskOperation& write, Fate fate, PagedFile& file) {
  const auto begin = write.offset;
  const auto end = begin + static_cast<std::int64_t>(write.bytes.size());
  const auto first = begin / sector_size;
  const auto sectors = (end - 1) / sector_size - first + 1;
  const auto noisy =
      fate == Fate::noise
          ? first + static_cast<std::int64_t>(below(static_cast<std::size_t>(sectors)))
          : -1;
  for (auto sector = first; sector < first + sectors; ++sector) {
    if (sector == noisy) {
      write_noise(write, sector, file);
    } else if (below(2) == 0) {
      const auto from = std::max(begin, sector * sector_size);
      file.write(from, part(write, from, std::min(end, (sector + 1) * sector_size)));
    }
  }
}

void PowerCut::write_noise(const DiskOperation& write, std::int64_t sector, PagedFile& file) {
  auto from = sector * sector_size;
  auto to = from + sector_size;
  if (!limits_.spill) {
    from = std::max(from, write.offset);
    to = std::min(to, write.offset + static_cast<std::int64_t>(write.bytes.size()));
  }
  std::vector<std::uint8_t> noise(static_cast<std::size_t>(to - from));
  for (auto& byte : noise) byte = static_cast<std::uint8_t>(chance_());
  file.write(from, noise);
}

PowerCut::Fates PowerCut::random_fates() {
  Fates fates(pending_.size());
  for (auto& fate : fates) fate = below(2) == 0 ? Fate::lost : Fate::kept;
  return fates;
}

}  // namespace lodge::test
