#pragma once

/// The actions of history entries that deciding brings about (docs/store.md lists all).
namespace lodge::queue::action {

inline constexpr const char* delivered = "delivered";
inline constexpr const char* rejected = "rejected";
inline constexpr const char* conflict = "conflict";
inline constexpr const char* withdrawn = "withdrawn";
inline constexpr const char* unconfirmed = "unconfirmed";  ///< the server may have it, since now
inline constexpr const char* checked = "checked";          ///< a check took the doubt away
inline constexpr const char* request_opened = "request opened";

}  // namespace lodge::queue::action
