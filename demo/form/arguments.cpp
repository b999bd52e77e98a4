#include "demo/form/arguments.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace lodge::demo {
namespace {

namespace fs = std::filesystem;

fs::path data_home() {
  // The XDG Base Directory Specification: a relative path is to be ignored.
  const char* given = std::getenv("XDG_DATA_HOME");
  if (given != nullptr && fs::path(given).is_absolute()) return given;
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') {
    throw std::runtime_error("neither XDG_DATA_HOME nor HOME is set; use --store PATH");
  }
  return fs::path(home) / ".local" / "share";
}

void make_private(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return;
  throw std::runtime_error("cannot make " + folder.string() + ": " + std::strerror(errno));
}

void make_all_private(const fs::path& folder) {
  fs::path built;
  for (const fs::path& part : folder) {
    built /= part;
    if (!fs::exists(built)) make_private(built);
  }
}

}  // namespace

const std::string_view form_usage =
    "usage: lodge-form [--store PATH] [--endpoint URL]\n"
    "An availability form that does not lose a word.\n"
    "  --store PATH     where drafts and submissions are kept (default:\n"
    "                   $XDG_DATA_HOME/lodge-form/store.lodge, or under ~/.local/share)\n"
    "  --endpoint URL   where forms go (default: http://127.0.0.1:8087/v1, which is where\n"
    "                   `./demo/run server` listens)\n"
    "Keys: arrows, tab, typing, backspace; F2 or Ctrl-S submits; Ctrl-Q or Esc quits.\n"
    "When standard input is not a terminal it reads lines and answers in lines:\n"
    "  email=ADDRESS    opens that person's form, with what was typed or filed before\n"
    "  FIELD=VALUE      types into name, monday, tuesday, wednesday, thursday or friday\n"
    "  show             all fields, as \"FIELD=VALUE\"\n"
    "  status           the status line\n"
    "  submit           files the form; answers \"submitted ID\"\n"
    "  wait             waits, 30 s at most, until nothing waits; answers \"delivered\" or "
    "\"waiting\"\n"
    "  quit             ends, as the end of the input does\n"
    "\"saved HH:MM:SS\" appears whenever what was typed is on disk, \"error: ...\" when a line "
    "fails.\n"
    "Exit status: 0, 1 when this machine fails, 64 when the command line is wrong.\n";

FormArguments parse_form_arguments(const std::vector<std::string>& words) {
  FormArguments arguments;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (word == "--help" || word == "-h") {
      arguments.help = true;
      continue;
    }
    if (word != "--store" && word != "--endpoint") throw FormUsageError("unknown option " + word);
    if (at + 1 == words.size()) throw FormUsageError(word + " wants a value");
    (word == "--store" ? arguments.store : arguments.endpoint) = words[++at];
  }
  return arguments;
}

std::string usual_store() {
  const fs::path folder = data_home() / "lodge-form";
  make_all_private(folder);
  return (folder / "store.lodge").string();
}

}  // namespace lodge::demo
