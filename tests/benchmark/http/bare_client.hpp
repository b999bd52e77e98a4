#pragma once

#include <memory>
#include <string>
#include <vector>

namespace lodge::benchmark {

/// The limit: libcurl's multi interface alone, on the calling thread, with the requests that lodge
/// sends and nothing written down. Connections are kept between calls.
class BareClient {
 public:
  /// `ca_file`: whom to trust, for https. `http2`: offered there, as many streams a connection as
  /// lodge opens.
  explicit BareClient(int in_flight, const std::string& ca_file = {}, bool http2 = false);
  ~BareClient();
  BareClient(const BareClient&) = delete;
  BareClient& operator=(const BareClient&) = delete;

  /// PUTs each text to `url`/new key; returns how many were answered with 201.
  int put_all(const std::string& url, const std::vector<std::string>& texts);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// What is often written by hand: one handle, one request at a time, kept alive.
class HandWrittenClient {
 public:
  HandWrittenClient();
  ~HandWrittenClient();
  HandWrittenClient(const HandWrittenClient&) = delete;
  HandWrittenClient& operator=(const HandWrittenClient&) = delete;

  bool put(const std::string& url, const std::string& text);

 private:
  void* easy_ = nullptr;
};

}  // namespace lodge::benchmark
