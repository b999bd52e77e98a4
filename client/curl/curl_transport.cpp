#include "client/curl/curl_transport.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "client/curl/curl_loop.hpp"
#include "client/curl/mailbox.hpp"
#include "client/process/quiet_thread.hpp"

namespace lodge::client {
namespace {

constexpr std::chrono::milliseconds destructor_patience{1500};
constexpr int most_ahead = 256;

// Each transfer that may be under way or ahead is started, and perhaps taken back.
std::size_t most_commands(const CurlOptions& options) {
  return 2 * static_cast<std::size_t>(most_ahead + std::max(options.max_connections, 0));
}

std::thread start_thread(std::shared_ptr<Mailbox> mailbox, CurlOptions options) {
  return start_quiet_thread("lodge-transport",
                            [mailbox = std::move(mailbox), options = std::move(options)] {
                              run_curl_loop(*mailbox, options);
                              mailbox->ended();
                            });
}

}  // namespace

CurlTransport::CurlTransport(CurlOptions options)
    : mailbox_(std::make_shared<Mailbox>(most_commands(options))),
      thread_(start_thread(mailbox_, std::move(options))) {}

CurlTransport::~CurlTransport() {
  if (mailbox_->stop(destructor_patience)) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

int CurlTransport::room_ahead() const { return most_ahead; }

void CurlTransport::start(TransferId id, Request request) {
  mailbox_->post(StartTransfer{id, std::move(request)});
}

void CurlTransport::cancel(TransferId id) { mailbox_->post(CancelTransfer{id}); }

void CurlTransport::recall(TransferId id) { mailbox_->post(RecallTransfer{id}); }

std::vector<Finished> CurlTransport::collect() { return mailbox_->collect(); }

void CurlTransport::on_finished(std::function<void()> notify) {
  mailbox_->on_finished(std::move(notify));
}

void CurlTransport::forget_connections() { mailbox_->post(ForgetConnections{}); }

}  // namespace lodge::client
