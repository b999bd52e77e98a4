#pragma once

#include <string>
#include <vector>

#include "lodge/client.hpp"

namespace lodge::benchmark {

/// A form of about that many bytes; `number` makes each another text.
nlohmann::json form(std::size_t bytes, long number);
std::string form_text(std::size_t bytes, long number);

/// A folder on the disk that the figures are about (not in memory), removed with all that is in it.
class DiskFolder {
 public:
  explicit DiskFolder(bool in_memory = false);
  ~DiskFolder();
  DiskFolder(const DiskFolder&) = delete;
  DiskFolder& operator=(const DiskFolder&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// Options of a client without a network to wake it, that still believes it may deliver.
Options offline_options(const std::string& store);

/// `count` drafts of new records, opened and filled in; `first` numbers them.
std::vector<Draft> new_drafts(Client& client, int count, std::size_t bytes, long first);

}  // namespace lodge::benchmark
