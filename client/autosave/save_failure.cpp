#include "client/autosave/save_failure.hpp"

namespace lodge::client {

bool may_pass(const Error& error) { return error.code() >= Errc::disk_full; }

std::string words_of(const Error& error) {
  const std::string why = error.what();
  if (error.code() == Errc::stale_draft) return why;  // it says where the words are: on disk
  if (may_pass(error)) return "the words are not on disk yet, and are tried again: " + why;
  return "the words are not on disk, and are tried again when they change: " + why;
}

}  // namespace lodge::client
