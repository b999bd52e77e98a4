#include "benchmark/store/forms.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace lodge::benchmark {

nlohmann::json form(std::size_t bytes, long number) {
  nlohmann::json form = {{"name", "Ada Lovelace"},  {"email", "ada@example.org"},
                         {"monday", "09:00-12:00"}, {"tuesday", "13:00-17:30"},
                         {"wednesday", nullptr},    {"hours", 12.5},
                         {"remote", true},          {"tags", {"first", "second", "third"}},
                         {"sequence", number},      {"remarks", ""}};
  const std::size_t bare = form.dump().size();
  std::string words;
  while (bare + words.size() < bytes) words += "Prefers mornings, has the keys. ";
  words.resize(bytes > bare ? bytes - bare : 0);
  form["remarks"] = words;
  return form;
}

std::string form_text(std::size_t bytes, long number) { return form(bytes, number).dump(); }

DiskFolder::DiskFolder(bool in_memory) {
  const char* given = std::getenv("LODGE_BENCHMARK_FOLDER");
  const std::string place = in_memory          ? "/dev/shm"
                            : given != nullptr ? given
                                               : std::filesystem::temp_directory_path();
  path_ = place + "/lodge-benchmark-XXXXXX";
  if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no folder in " + place);
}

DiskFolder::~DiskFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Options offline_options(const std::string& store) {
  Options options;
  options.store = store;
  options.endpoint = "http://127.0.0.1:9/v1";
  options.identity = "ada";
  return options;
}

std::vector<Draft> new_drafts(Client& client, int count, std::size_t bytes, long first) {
  std::vector<Draft> drafts;
  for (int i = 0; i < count; ++i) {
    drafts.push_back(client.edit({"availability", new_key()}));
    drafts.back().content = form(bytes, first + i);
  }
  return drafts;
}

}  // namespace lodge::benchmark
