#include "client/curl/curl_transfer.hpp"

#include <dlfcn.h>
#include <sys/socket.h>

#include <new>
#include <stdexcept>
#include <utility>

#include "client/curl/curl_transport.hpp"
#include "client/curl/request_check.hpp"

namespace lodge::client {
namespace {

constexpr long slowest_bytes_a_second = 100;
constexpr long expect_wait_ms = 1000;
constexpr int most_departures = 2;
// Servers close what is idle after five seconds and more (Apache's default), and over TLS libcurl
// does not see it: the farewell that lies unread in the socket is a sign of life to it.
constexpr long longest_idle_seconds = 4;
constexpr std::size_t expect_from = std::size_t{1} << 20;

template <typename Value>
void set(CURL* easy, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(easy, option, value);
  if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code != CURLE_OK) throw std::runtime_error("libcurl does not know an option");
}

// As libcurl would do it, but a program that the host starts does not inherit the connection.
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) {
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// libcurl asked OpenSSL to write session keys to $SSLKEYLOGFILE; this takes it back. The function
// is looked up because lodge does not link OpenSSL, and libcurl may be built on something else.
CURLcode forget_key_log(CURL*, void* context, void*) {
  using Setter = void (*)(void*, void (*)(const void*, const char*));
  static const auto set_key_log =
      reinterpret_cast<Setter>(dlsym(RTLD_DEFAULT, "SSL_CTX_set_keylog_callback"));
  if (set_key_log != nullptr) set_key_log(context, nullptr);
  return CURLE_OK;
}

bool uses_openssl() {
  const char* library = curl_version_info(CURLVERSION_NOW)->ssl_version;
  return library != nullptr && std::string_view(library).find("OpenSSL") != std::string_view::npos;
}

// What is good to know, and no reason to fail.
void note(std::string& place, std::string_view text) noexcept {
  try {
    place = text;
  } catch (const std::bad_alloc&) {
    place.clear();
  }
}

bool is_loopback(std::string_view address) {
  if (address.starts_with("::ffff:")) address.remove_prefix(7);
  return address.starts_with("127.") || address == "::1";
}

}  // namespace

CurlTransfer::CurlTransfer(const CurlOptions& options, CURLSH* share)
    : easy_(curl_easy_init()), http2_(options.http2), proxied_(options.proxy.has_value()) {
  if (!easy_) throw std::bad_alloc();
  set_constants(options, share);
  set_safety(options);
  set_proxy(options);
  set_callbacks();
}

void CurlTransfer::set_constants(const CurlOptions& options, CURLSH* share) {
  CURL* easy = handle();
  set(easy, CURLOPT_SHARE, share);
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(easy, CURLOPT_LOW_SPEED_LIMIT, slowest_bytes_a_second);
  set(easy, CURLOPT_EXPECT_100_TIMEOUT_MS, expect_wait_ms);
  set(easy, CURLOPT_MAXAGE_CONN, longest_idle_seconds);
  set(easy, CURLOPT_PATH_AS_IS, 1L);
  set(easy, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  if (!options.user_agent.empty()) set(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  for (const std::string& entry : options.resolve) {
    curl_slist* longer = curl_slist_append(resolve_.get(), entry.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(resolve_.release());
    resolve_.reset(longer);
  }
  if (resolve_) set(easy, CURLOPT_RESOLVE, resolve_.get());
#if LIBCURL_VERSION_NUM >= 0x075700
  // Never wait for a name server's thread. An older libcurl at run time does wait; CurlTransport's
  // destructor does not.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
}

void CurlTransfer::set_safety(const CurlOptions& options) {
  CURL* easy = handle();
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (options.ca_file) set(easy, CURLOPT_CAINFO, options.ca_file->c_str());
  if (uses_openssl()) set(easy, CURLOPT_SSL_CTX_FUNCTION, &forget_key_log);
}

// Both are set even when empty: otherwise libcurl asks the environment.
void CurlTransfer::set_proxy(const CurlOptions& options) {
  CURL* easy = handle();
  set(easy, CURLOPT_PROXY, options.proxy.value_or("").c_str());
  set(easy, CURLOPT_NOPROXY, "");
  set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

void CurlTransfer::set_callbacks() {
  CURL* easy = handle();
  set(easy, CURLOPT_PREREQFUNCTION, &on_departure);
  set(easy, CURLOPT_PREREQDATA, this);
  set(easy, CURLOPT_HEADERFUNCTION, &on_header);
  set(easy, CURLOPT_HEADERDATA, this);
  set(easy, CURLOPT_WRITEFUNCTION, &on_body);
  set(easy, CURLOPT_WRITEDATA, this);
  set(easy, CURLOPT_ERRORBUFFER, error_text_.data());
}

void CurlTransfer::begin(TransferId id, Request request) {
  id_ = id;
  request_ = std::move(request);
  reply_ = {};
  too_large_ = false;
  error_text_[0] = '\0';
  restart_reply();
  secure_ = is_https(request_.url);
  // Over cleartext an offer of HTTP/2 would only make all wait for the first one's answer.
  const bool offer = secure_ && http2_;
  CURL* easy = handle();
  set(easy, CURLOPT_HTTP_VERSION,
      static_cast<long>(offer ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  set(easy, CURLOPT_PIPEWAIT, offer ? 1L : 0L);
  set(easy, CURLOPT_URL, request_.url.c_str());
  set(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request_.patience.count()));
  set_method();
  set_headers();
}

// A body goes as POSTFIELDS whatever the method: headers and body leave in one piece, with an exact
// Content-Length.
void CurlTransfer::set_method() {
  CURL* easy = handle();
  if (request_.body.empty() && request_.method != Method::put) {
    set(easy, CURLOPT_HTTPGET, 1L);
  } else {
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(easy, CURLOPT_POSTFIELDS, request_.body.c_str());
  }
  set(easy, CURLOPT_CUSTOMREQUEST, name(request_.method).data());
}

void CurlTransfer::set_headers() {
  header_lines_.clear();
  header_list_.clear();
  for (const Header& field : request_.headers) add_header_line(field.name, field.value);
  // "Name:" without a value keeps libcurl from adding the field.
  const auto omit = [&](std::string_view line) { header_lines_.append(line).push_back('\0'); };
  if (request_.body.size() < expect_from) omit("Expect:");
  if (!header(request_.headers, "Content-Type")) omit("Content-Type:");
  for (std::size_t at = 0; at < header_lines_.size(); at = header_lines_.find('\0', at) + 1) {
    header_list_.push_back({header_lines_.data() + at, nullptr});
  }
  for (std::size_t i = 1; i < header_list_.size(); ++i) header_list_[i - 1].next = &header_list_[i];
  set(handle(), CURLOPT_HTTPHEADER, header_list_.empty() ? nullptr : header_list_.data());
}

void CurlTransfer::add_header_line(std::string_view name, std::string_view value) {
  header_lines_.append(name);
  // "Name;" is libcurl's way to say: send it, empty.
  if (const std::string_view text = trimmed_field(value); text.empty()) {
    header_lines_.push_back(';');
  } else {
    header_lines_.append(": ").append(text);
  }
  header_lines_.push_back('\0');
}

int CurlTransfer::on_departure(void* self, char* peer, char*, int, int) {
  const bool go = static_cast<CurlTransfer*>(self)->depart(peer != nullptr ? peer : "");
  return go ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

bool CurlTransfer::depart(std::string_view peer) noexcept {
  if (reply_.departures == most_departures) return false;
  ++reply_.departures;
  reply_.verified = secure_;
  // A proxy on this machine says nothing about who answers behind it.
  reply_.loopback = !proxied_ && is_loopback(peer);
  note(reply_.address, peer);
  restart_reply();
  return true;
}

void CurlTransfer::restart_reply() {
  head_.clear();
  reply_.body.clear();
}

std::size_t CurlTransfer::on_header(char* data, std::size_t, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  try {
    transfer.too_large_ = !transfer.head_.read({data, count});
    return transfer.too_large_ ? 0 : count;
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

std::size_t CurlTransfer::on_body(char* data, std::size_t, std::size_t count, void* self) {
  try {
    return static_cast<CurlTransfer*>(self)->read_body({data, count}) ? count : 0;
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

bool CurlTransfer::read_body(std::string_view bytes) {
  const std::size_t room = request_.reply_limit - reply_.body.size();
  too_large_ = bytes.size() > room;
  reply_.body.append(bytes.substr(0, room));
  return !too_large_;
}

Finished CurlTransfer::finish(CURLcode code) noexcept {
  const TransportError error = error_of(code);
  return take_reply(error, error == TransportError::none ? "" : detail_of(code));
}

Finished CurlTransfer::cancelled() noexcept {
  return take_reply(TransportError::cancelled, "cancelled by this side");
}

Finished CurlTransfer::take_reply(TransportError error, const char* detail) noexcept {
  reply_.error = error;
  note(reply_.detail, detail);
  // An interim status is nobody's answer.
  reply_.status = head_.status() < 200 ? 0 : head_.status();
  reply_.headers = head_.take_fields();
  request_ = {};
  return {id_, std::exchange(reply_, {})};
}

}  // namespace lodge::client
