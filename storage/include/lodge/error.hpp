#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace lodge {

/// Why a call failed. Offline, refused and in conflict are states of a submission, never errors.
enum class Errc {
  // The call is wrong. Nothing was changed.
  invalid_content,    ///< not an object, too deep, too large, or not UTF-8
  invalid_key,        ///< a record's collection or key cannot be part of a URL
  invalid_header,     ///< a header name or value holds CR, LF, NUL, or is too long
  invalid_endpoint,   ///< not https (or http where allowed), or with credentials inside
  invalid_argument,   ///< any other argument outside its documented range
  no_endpoint,        ///< submit was called on a client that has nowhere to send to
  endpoint_changed,   ///< unsettled submissions were made for another endpoint
  not_found,          ///< no draft, submission or record of that name
  wrong_state,        ///< the submission's state does not allow this call
  already_submitted,  ///< this draft's submission exists, with other content
  stale_draft,        ///< the draft was saved by someone else since it was read; both texts kept
  has_followers,      ///< later submissions build on this one; use withdraw_from
  maybe_received,     ///< the server may have it; repeat with maybe_received::accept
  version_moved,      ///< the record moved on since the conflict was shown
  outbox_full,        ///< the outbox limit is reached; nothing was evicted
  in_handler,         ///< this call waits, and was made from an event handler
  wrong_process,      ///< in a child forked while a client was open; open one after exec
  // This machine fails. The call had no effect unless the sentence says so.
  disk_full,
  io,          ///< the disk or the file system reports an error
  read_only,   ///< the store or its folder cannot be written
  permission,  ///< the store belongs to somebody else, or is a link
  out_of_memory,
  store_busy,        ///< another process holds the store for too long
  store_damaged,     ///< the file's structure or a digest is wrong
  store_moved,       ///< the file was renamed, removed or replaced while open
  store_too_new,     ///< written by a newer lodge
  not_a_store,       ///< another program's file, a folder, a device, or noise
  broken_invariant,  ///< lodge itself is wrong; please report it with the sentence
};

/// The enumerator's name, for logs and exit messages: "disk_full".
std::string_view name(Errc code);

/// What lodge throws; std::bad_alloc alone may come in place of out_of_memory. what() is a sentence
/// that says what to do, without content, credentials or header values. Catching either leaves the
/// client usable and the data as it was.
class Error : public std::runtime_error {
 public:
  Error(Errc code, const std::string& sentence) : std::runtime_error(sentence), code_(code) {}
  [[nodiscard]] Errc code() const noexcept { return code_; }

 private:
  Errc code_;
};

}  // namespace lodge
