#pragma once

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/curl/reply_head.hpp"
#include "lodge/transport.hpp"

namespace lodge::client {

struct CurlOptions;

/// One request at a time, over one easy handle that serves many in turn.
///
/// Threads: all on the loop's. Errors: the constructor and begin() throw when memory runs out or
/// when libcurl refuses an option that safety depends on; the request was not sent then. Nothing
/// else throws: where memory is wanting for a detail, an answer is without it.
class CurlTransfer {
 public:
  /// `options` must outlive this; `share` holds the TLS sessions.
  CurlTransfer(const CurlOptions& options, CURLSH* share);
  // libcurl keeps pointers to this object.
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  /// Prepares the handle for `request`, which refusal() let pass.
  void begin(TransferId id, Request request);
  /// What came of it. The handle must have left its multi handle.
  Finished finish(CURLcode code) noexcept;
  Finished cancelled() noexcept;

  [[nodiscard]] TransferId id() const { return id_; }
  /// Others may be on the same connection.
  [[nodiscard]] bool may_share() const { return secure_ && http2_; }
  [[nodiscard]] CURL* handle() const { return easy_.get(); }

 private:
  struct Cleanup {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  static int on_departure(void* self, char* peer, char* local, int peer_port, int local_port);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);

  void set_constants(const CurlOptions& options, CURLSH* share);
  void set_safety(const CurlOptions& options);
  void set_proxy(const CurlOptions& options);
  void set_callbacks();
  void set_method();
  void set_headers();
  void add_header_line(std::string_view name, std::string_view value);
  void restart_reply();
  bool depart(std::string_view peer) noexcept;
  bool read_body(std::string_view bytes);
  Finished take_reply(TransportError error, const char* detail) noexcept;
  [[nodiscard]] TransportError error_of(CURLcode code) const;
  [[nodiscard]] TransportError error_before_departure(CURLcode code) const;
  [[nodiscard]] TransportError error_after_departure(CURLcode code) const;
  [[nodiscard]] const char* detail_of(CURLcode code) const;

  std::unique_ptr<CURL, Cleanup> easy_;
  std::unique_ptr<curl_slist, Cleanup> resolve_;
  bool http2_ = true;
  bool proxied_ = false;

  TransferId id_ = 0;
  Request request_;
  // The header lines, each ended by a NUL, and the list into them: two buffers that serve again, in
  // place of two allocations a header.
  std::string header_lines_;
  std::vector<curl_slist> header_list_;

  Reply reply_;
  ReplyHead head_;
  bool too_large_ = false;
  bool secure_ = false;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
};

}  // namespace lodge::client
