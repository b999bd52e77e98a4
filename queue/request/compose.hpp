#pragma once

#include <optional>
#include <string>
#include <variant>

#include "lodge/transport.hpp"
#include "queue/request/profile.hpp"
#include "storage/delivery_rows.hpp"

namespace lodge::queue {

/// The texts behind a due submission; empty where there is none or it is not known.
struct Texts {
  std::optional<std::string> ours{};    ///< what was submitted; empty for a removal
  std::optional<std::string> base{};    ///< what it was written on
  std::optional<std::string> server{};  ///< the record as last heard of
  std::optional<std::string> sent{};    ///< the body of the newest request, when it was merged
};

struct Repeat {};  ///< the newest stored request goes again
struct Check {};   ///< the server's copy must be read first
struct Open {
  storage::NewRequest request{};
};  ///< a new request is opened and goes

using Composed = std::variant<Repeat, Check, Open>;

/// Decides what goes on the wire for a submission that is due (docs/states.md, "followers"). What
/// is known of the record may be old: it says with which version to ask, and settles nothing by
/// itself. `fresh` becomes the key of a new request. Check as an answer to Step::send is no
/// modification: claim it as Step::check.
Composed compose(const storage::Due& due, const Texts& texts, const Profile& profile,
                 RequestKey fresh);

/// The bytes of a stored request, but for Authorization: the same every time.
Request wire_request(const storage::Due& due, const storage::StoredRequest& stored,
                     std::string body, const Profile& profile);

/// The read of the check step. Goes to the profile's endpoint, wherever the request went.
Request check_request(const storage::Due& due, const Profile& profile);

}  // namespace lodge::queue
