#pragma once

#include <optional>
#include <string>
#include <vector>

#include "queue/request/compose.hpp"

namespace lodge::queue {

/// The server's copy, as a check read it.
struct ServerCopy {
  bool exists = false;
  std::string bytes{};
  std::optional<Version> version{};
  bool removed = false;  ///< it does not exist, and the server says that it did (410)
};

/// What comparing the three texts came to.
struct Reconciled {
  enum class Kind {
    ours_is_there,    ///< delivered; the version is ours
    nothing_to_send,  ///< the merge equals the server's copy: delivered, theirs stays
    send_ours,        ///< a new request with the server's version, our bytes
    send_merged,      ///< a new request with the server's version, merged bytes
    create,           ///< a new request that creates
    repeat,           ///< the same request once more
    read_again,       ///< nothing to go by yet: another check, later
    conflict,         ///< overlap, or not to be merged
    withdraw,  ///< policy `theirs` for a removal, or a put, that the server's state overrules
    reject,    ///< the server refuses although nothing moved
    hold_collection,  ///< the server refuses to create what is not there
    removed,          ///< a removal, and it is gone
  };
  Kind kind = Kind::conflict;
  std::string merged{};
  std::string tag{};  ///< for the new request, where it is not the copy's own
  std::vector<std::string> overlaps{};
  std::string note{};
};

/// The comparison of the check step (docs/wire.md, "check"), and of a follower before it is sent.
/// The server's last word on the request (a 412, a 500, ...) is due.submission.problem_status; 0
/// where it said nothing.
Reconciled reconcile(const storage::Due& due, const Texts& texts, const ServerCopy& copy,
                     const Profile& profile);

/// Whether the submission creates its record: by its newest request, else by its base.
bool creates(const storage::Due& due);

/// The server refused, or accepted without proof; a failure (5xx) or silence is no word. Only after
/// a word a check's way back to the wire counts as a round.
bool is_word(int status);

}  // namespace lodge::queue
