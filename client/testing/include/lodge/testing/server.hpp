#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lodge/record.hpp"
#include "lodge/time.hpp"
#include "lodge/transport.hpp"

namespace lodge::testing {

/// One change of one record at the server.
struct Change {
  std::uint64_t number = 0;  ///< 1, 2, ... over all records
  Time at{};
  RecordId record{};
  bool removed = false;
  nlohmann::json content{};  ///< the document as sent; null when removed
  std::string by{};          ///< who signed in; "somebody else" for edit() and remove()
  std::string key{};         ///< the Idempotency-Key; empty for edit() and remove()
};

/// lodge's reference server in memory, as a function Request → Reply (docs/wire.md): ETags,
/// preconditions, idempotency keys, tombstones, problem documents. A test can tell it what to do
/// with the next requests, change records as somebody else, and look at all that ever took effect.
///
/// What is scripted is done in order, each once: the first script that fits a request is used up by
/// it. A request that no script fits is served.
///
/// Threads: one call at a time. Errors: handle() throws nothing but std::bad_alloc; edit() throws
/// std::invalid_argument when `content` is no object.
class Server {
 public:
  /// `tokens`: bearer token → the person it belongs to. Empty: nobody signs in.
  explicit Server(std::map<std::string, std::string> tokens = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// What a transport calls. The reply's `error` is set where the script says so.
  Reply handle(const Request& request, Time now);

  // Scripts.

  /// The next PUT or DELETE is answered so, and does nothing. A problem document is made where no
  /// body is given.
  void answer_next(int status, std::vector<Header> headers = {}, std::string body = {});
  /// The next request of any kind is answered so, a read too.
  void answer_anything_next(Reply reply);
  /// The next PUT or DELETE takes effect, and its answer is lost on the way.
  void lose_next_reply();
  /// The next PUT or DELETE is lost on its way to the server; the client cannot know.
  void lose_next_request();
  /// Forgets scripts that were not used up.
  void drop_scripts();
  [[nodiscard]] bool has_scripts() const;

  // The world beside this client.

  /// Somebody else changes or creates a record; returns its new version.
  Version edit(const RecordId& record, const nlohmann::json& content, Time now);
  /// Somebody else removes a record. False: there is none.
  bool remove(const RecordId& record, Time now);
  /// As servers do after hours or days.
  void forget_keys();

  // What is here.

  /// The record's document; empty when there is none.
  [[nodiscard]] std::optional<nlohmann::json> content(const RecordId& record) const;
  [[nodiscard]] std::optional<Version> version(const RecordId& record) const;
  /// All that ever took effect, in order.
  [[nodiscard]] std::vector<Change> changes() const;
  [[nodiscard]] std::vector<Change> changes(const RecordId& record) const;
  /// Requests that reached the server so far, refused ones and reads included.
  [[nodiscard]] int requests() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lodge::testing
