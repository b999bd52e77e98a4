#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/testing/server/conditions.hpp"
#include "client/testing/server/key_memory.hpp"
#include "client/testing/server/ledger.hpp"

namespace lodge::reference {

struct ServerRules {
  std::string base_path = "/v1";
  std::vector<std::string> collections{};  ///< empty: any name is a collection
  /// Bearer token → the person it belongs to. Empty: nobody signs in.
  std::map<std::string, std::string, std::less<>> tokens{};
  std::size_t body_limit = std::size_t{10} << 20;
  /// How long keys are remembered. A client that is offline for longer is still safe: its
  /// preconditions guard it. Empty: for ever.
  std::optional<Duration> key_lifetime{};
};

/// The reference server: how to be a good peer of lodge, as a function Request → Reply over its own
/// memory. Deterministic: no clock, no chance, no I/O. Not thread-safe: one call at a time.
///
/// `PUT`, `GET`, `DELETE {base}/{collection}/{id}` with JSON objects; `GET {base}` counts what is
/// here. What a client can rely on, and a server writer should copy:
/// - A success carries proof: 201 (created) or 204 (replaced) with a strong `ETag`, 204 (removed)
///   without; each echoes `Idempotency-Key`. GET gives the very bytes that were put.
/// - The key is looked up *before* versions are compared. The same request again gets the first
/// answer
///   again, marked `Idempotency-Replayed: true`; another request under that key gets 422.
/// - Versions are strong and never repeat, not after a delete, not after an older state was
/// restored.
/// - A change to an existing record names its version, else 428; 412 tells the current one.
/// - A removed record leaves a tombstone: GET and DELETE say 410, `If-None-Match: *` creates it
/// again.
/// - Every refusal is problem+json. No HTML, no redirect, no cookie.
///
/// Errors: whatever a request holds, handle() answers; it throws only std::bad_alloc.
class FormsServer {
 public:
  explicit FormsServer(ServerRules rules = {});

  Reply handle(const Request& request, Time now);

  /// Somebody else changes (or creates) a record, by the same rules and with the newest version.
  /// `content` is an object. Returns the new ETag. Throws std::invalid_argument when refused.
  std::string edit(const RecordId& record, const nlohmann::json& content, Time now);

  /// Somebody else removes a record. False when there is none.
  bool remove(const RecordId& record, Time now);

  /// The server loses its key memory, as servers do after hours or days.
  void forget_keys() { keys_.clear(); }

  [[nodiscard]] const Ledger& ledger() const { return ledger_; }
  [[nodiscard]] const std::map<RecordId, ServerRecord>& records() const { return records_; }

  /// The record, tombstones included; null when it never existed. Valid until the next change.
  [[nodiscard]] const ServerRecord* find(const RecordId& record) const;

  /// Everything but the rules, as JSON text.
  [[nodiscard]] std::string serialise() const;

  /// A server that goes on from serialise()'s text; older texts give a server restored from a
  /// backup. Throws std::invalid_argument when `state` is no such text.
  static FormsServer restore(ServerRules rules, std::string_view state);

 private:
  struct Write;

  Reply answer(const Request& request, Time now);
  [[nodiscard]] std::optional<std::string> person(const Request& request) const;
  [[nodiscard]] bool has_collection(const std::string& name) const;
  [[nodiscard]] Reply overview() const;
  Reply read(const Request& request, const RecordId& record);
  Reply write(const Request& request, RecordId record, std::string_view path, std::string who,
              Time now);
  Reply write_once(const Request& request, Write& write, const std::string& key, Time now);
  Reply write_now(const Write& write, std::string key, Time now);
  const Effect& commit(Effect effect);
  void apply(const Effect& effect);

  ServerRules rules_;
  std::map<RecordId, ServerRecord> records_;
  KeyMemory keys_;
  Ledger ledger_;
};

/// The `by` of an effect that edit() or remove() made.
inline constexpr std::string_view somebody_else = "somebody else";

}  // namespace lodge::reference
