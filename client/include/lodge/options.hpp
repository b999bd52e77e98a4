#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lodge/clock.hpp"
#include "lodge/conflict.hpp"
#include "lodge/event.hpp"
#include "lodge/network.hpp"
#include "lodge/retry.hpp"
#include "lodge/transport.hpp"

namespace lodge {

/// How one collection is treated.
struct CollectionOptions {
  ConflictPolicy policy = ConflictPolicy::ask;
  /// Top-level members that the server owns and changes ("_rev", "updated_at"); ignored when the
  /// server's copy is compared with ours.
  std::vector<std::string> server_members{};
};

/// Why headers are asked for.
struct Authorization {
  std::string identity{};  ///< whose submission goes; empty where nobody signs in
  bool refresh = false;    ///< the server refused the last answer: fetch fresh credentials
};

/// Sixty-four random bits for each call, from any thread.
using RandomSource = std::function<std::uint64_t()>;

/// How a client is opened. Only `store` is required; without `endpoint` drafts work and submit says
/// what is missing.
struct Options {
  /// Path of the store's file; its folder must exist. Beside it live -wal, -shm, -write, -flush,
  /// -wake and -mark (docs/store.md). Delete -mark, and it alone, when you put an older copy of the
  /// store in its place on purpose; otherwise what is missing is reported as lost.
  std::string store{};
  /// Where submissions go: "https://forms.example.org/v1". Plain http is for loopback, or by
  /// `allow_plain_http`. Credentials inside are refused.
  std::string endpoint{};
  bool allow_plain_http = false;
  /// Confirms a changed endpoint while submissions are unsettled: every version becomes unknown,
  /// and whatever may have been sent is checked before it is sent again.
  bool adopt_endpoint = false;
  /// Where a record lives; may add a suffix or a query: "{base}/{collection}/{id}.json".
  std::string url_template = "{base}/{collection}/{id}";
  std::string content_type = "application/json";

  /// Whose drafts and submissions this client makes where a call names no identity.
  std::string identity{};
  /// Headers for a request of that identity, asked for at send time and never stored:
  /// {"Authorization", "Bearer ..."}. Called on the worker's thread; may block for seconds, then
  /// only delivery waits. An exception, or no headers after a refusal, holds this identity's
  /// submissions ("sign_in").
  std::function<std::vector<Header>(const Authorization&)> authorize{};

  CollectionOptions every_collection{};
  std::map<std::string, CollectionOptions> collections{};  ///< exceptions from every_collection

  /// Names of headers that carry a submission's effective time and reason; empty: they stay here.
  std::string effective_at_header{};
  std::string reason_header{};

  RetryPolicy retry{};
  /// First attempts after an outage are spread over this long, so that a fleet does not come back
  /// in one second. Minutes for thousands of kiosks. A form that somebody waits for goes at once.
  std::chrono::milliseconds spread{5'000};
  int in_flight = 16;  ///< requests at a time, 1 to 256; never two of one record
  std::chrono::milliseconds connect_timeout{10'000};
  std::optional<std::string> proxy{};    ///< the environment's proxy variables are not read
  std::optional<std::string> ca_file{};  ///< PEM; the system's authorities otherwise

  std::chrono::milliseconds autosave_idle{250};      ///< after the last change
  std::chrono::milliseconds autosave_latest{2'000};  ///< after the first change not yet on disk
  std::size_t body_limit = std::size_t{10} << 20;    ///< bytes of one form
  int depth_limit = 64;                              ///< nesting of one form
  std::int64_t outbox_limit = 1'000'000;             ///< unsettled submissions
  std::int64_t outbox_bytes = std::int64_t{4} << 30;

  /// Runs event handlers on a thread of the host's choice (QMetaObject::invokeMethod, g_idle_add,
  /// ...). Called on the worker; must return at once and run every job, in order. Empty: on the
  /// worker.
  std::function<void(std::function<void()>)> post{};
  /// Receives log lines, on any thread; must return at once. The library never prints.
  std::function<void(const LogLine&)> log{};

  /// Asked with GET, without credentials, while forms wait behind a portal or a server that does
  /// not answer, after 2 s and then ever more seldom, down to once a minute: the forms go as soon
  /// as the server itself answers there, with whatever status but a redirect or a page. Same rules
  /// as `endpoint`. Empty: nothing is asked, and a waiting form is the probe, every 15 min at
  /// least.
  std::string probe_url{};

  /// False: this client never delivers; another process with the same store does.
  bool deliver = true;
  /// False: no thread is started; the host calls Client::step. For tests, and for event loops.
  /// flush, drain and refresh then do the work themselves, and are for the thread that steps.
  bool threads = true;
  /// For clients without threads: Client::step should be called sooner than it said, because a
  /// reply came, a draft was autosaved, a form was submitted, the network changed. Called from any
  /// thread, also inside your own calls of this client, once until the next step; must return at
  /// once and not call the client (post to your loop). Not called any more when the client's
  /// destructor has returned.
  std::function<void()> wake{};

  // Seams, for tests and unusual hosts. Empty: the system's.

  /// May stand still: without threads flush, drain and refresh do what is due now by this clock,
  /// and wait for nothing.
  std::shared_ptr<Clock> clock{};
  std::shared_ptr<Transport> transport{};
  std::shared_ptr<NetworkSource> network{};
  RandomSource random{};
  std::string sqlite_vfs{};          ///< name of a registered SQLite VFS
  bool power_safe_overwrite = true;  ///< false for media that spoil the neighbours of a cut write
};

}  // namespace lodge
