#include "client/curl/curl_transfer.hpp"

namespace lodge::client {

// How libcurl's codes read as a TransportError.

TransportError CurlTransfer::error_of(CURLcode code) const {
  // libcurl calls it a success when the connection ends within the headers, and after a 101.
  if (code == CURLE_OK) {
    if (!head_.ended()) return TransportError::cut;
    return head_.status() >= 200 ? TransportError::none : TransportError::protocol;
  }
  if (too_large_) return TransportError::too_large;
  return reply_.departures == 0 ? error_before_departure(code) : error_after_departure(code);
}

TransportError CurlTransfer::error_before_departure(CURLcode code) const {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return TransportError::certificate;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
      return TransportError::handshake;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_LOGIN_DENIED:
      return TransportError::refused;
    case CURLE_COULDNT_RESOLVE_HOST:
      return TransportError::resolve;
    default:
      break;
  }
  if (proxied_) return TransportError::proxy;
  if (code == CURLE_OPERATION_TIMEDOUT) {
    curl_off_t named = 0;
    long port = 0;
    curl_easy_getinfo(handle(), CURLINFO_NAMELOOKUP_TIME_T, &named);
    // CURLINFO_CONNECT_TIME_T stays 0 until TLS is done, too.
    curl_easy_getinfo(handle(), CURLINFO_LOCAL_PORT, &port);
    if (named == 0) return TransportError::resolve;
    if (port != 0) return TransportError::handshake;
  }
  return TransportError::connect;
}

TransportError CurlTransfer::error_after_departure(CURLcode code) const {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return TransportError::timeout;
    case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP/0.9, an unknown HTTP version
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_HTTP2:
      return TransportError::protocol;
    // libcurl's own limit for one header line.
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FILESIZE_EXCEEDED:
      return TransportError::too_large;
    default:
      return TransportError::cut;
  }
}

// libcurl's longer text names hosts and certificates at most where it is about the connection;
// elsewhere it may repeat what was received or configured.
const char* CurlTransfer::detail_of(CURLcode code) const {
  switch (code) {
    case CURLE_OK:
      return "the headers did not come to an end";
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      if (error_text_[0] != '\0') return error_text_.data();
      break;
    default:
      break;
  }
  return curl_easy_strerror(code);
}

}  // namespace lodge::client
