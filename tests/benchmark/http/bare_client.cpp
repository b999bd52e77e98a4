#include "benchmark/http/bare_client.hpp"

#include <curl/curl.h>

#include "lodge/client.hpp"

namespace lodge::benchmark {
namespace {

struct Transfer {
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
};

size_t ignore(char*, size_t, size_t count, void*) { return count; }

void set_constants(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PUT");
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &ignore);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &ignore);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "lodge/0.1");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

curl_slist* headers(const std::string& key) {
  curl_slist* list = curl_slist_append(nullptr, "If-None-Match: *");
  list = curl_slist_append(list, "Content-Type: application/json");
  list = curl_slist_append(list, "Expect:");
  return curl_slist_append(list, ("Idempotency-Key: \"" + key + "\"").c_str());
}

void point_at(Transfer& transfer, const std::string& url, const std::string& text) {
  const std::string key = new_key();
  curl_slist_free_all(transfer.headers);
  transfer.headers = headers(key);
  curl_easy_setopt(transfer.easy, CURLOPT_HTTPHEADER, transfer.headers);
  curl_easy_setopt(transfer.easy, CURLOPT_URL, (url + "/" + key).c_str());
  curl_easy_setopt(transfer.easy, CURLOPT_POSTFIELDS, text.data());
  curl_easy_setopt(transfer.easy, CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(text.size()));
}

bool is_created(CURL* easy) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  return status == 201;
}

}  // namespace

struct BareClient::Impl {
  CURLM* multi = curl_multi_init();
  std::vector<Transfer> transfers{};
};

BareClient::BareClient(int in_flight, const std::string& ca_file, bool http2)
    : impl_(std::make_unique<Impl>()) {
  constexpr long streams = 8;
  curl_multi_setopt(impl_->multi, CURLMOPT_MAX_CONCURRENT_STREAMS, streams);
  for (int i = 0; i < in_flight; ++i) {
    CURL* easy = curl_easy_init();
    impl_->transfers.push_back({.easy = easy});
    set_constants(easy);
    if (!ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     http2 ? long{CURL_HTTP_VERSION_2TLS} : long{CURL_HTTP_VERSION_1_1});
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, http2 ? 1L : 0L);
  }
  for (Transfer& transfer : impl_->transfers)
    curl_easy_setopt(transfer.easy, CURLOPT_PRIVATE, &transfer);
}

BareClient::~BareClient() {
  for (Transfer& transfer : impl_->transfers) {
    curl_easy_cleanup(transfer.easy);
    curl_slist_free_all(transfer.headers);
  }
  curl_multi_cleanup(impl_->multi);
}

int BareClient::put_all(const std::string& url, const std::vector<std::string>& texts) {
  std::size_t next = 0;
  std::size_t done = 0;
  int created = 0;
  const auto launch = [&](Transfer& transfer) {
    if (next == texts.size()) return;
    point_at(transfer, url, texts[next++]);
    curl_multi_add_handle(impl_->multi, transfer.easy);
  };
  for (Transfer& transfer : impl_->transfers) launch(transfer);
  while (done < texts.size()) {
    int running = 0;
    curl_multi_perform(impl_->multi, &running);
    int left = 0;
    bool launched = false;
    while (const CURLMsg* message = curl_multi_info_read(impl_->multi, &left)) {
      CURL* easy = message->easy_handle;
      created += message->data.result == CURLE_OK && is_created(easy) ? 1 : 0;
      ++done;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
      curl_multi_remove_handle(impl_->multi, easy);
      launch(*transfer);
      launched = true;
    }
    if (!launched && done < texts.size()) curl_multi_poll(impl_->multi, nullptr, 0, 1'000, nullptr);
  }
  return created;
}

HandWrittenClient::HandWrittenClient() {
  easy_ = curl_easy_init();
  set_constants(static_cast<CURL*>(easy_));
}

HandWrittenClient::~HandWrittenClient() { curl_easy_cleanup(static_cast<CURL*>(easy_)); }

bool HandWrittenClient::put(const std::string& url, const std::string& text) {
  Transfer transfer{.easy = static_cast<CURL*>(easy_)};
  point_at(transfer, url, text);
  const bool sent = curl_easy_perform(transfer.easy) == CURLE_OK && is_created(transfer.easy);
  curl_easy_setopt(transfer.easy, CURLOPT_HTTPHEADER, nullptr);
  curl_slist_free_all(transfer.headers);
  return sent;
}

}  // namespace lodge::benchmark
