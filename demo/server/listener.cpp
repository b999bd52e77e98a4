#include "demo/server/listener.hpp"

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <ctime>
#include <mutex>
#include <sstream>
#include <thread>

#include "client/testing/server/problem.hpp"

namespace lodge::demo {

using namespace lodge::reference;  // problem() and its kinds
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint32_t header_limit = 64 * 1024;
constexpr std::chrono::seconds patience_after_refusal{2};

struct Shared {
  Handler handler;
  ListenerOptions options;
  std::atomic<std::uint64_t> connections{0};
};

// IMF-fixdate (RFC 9110 §5.6.7), without the process's locale.
std::string http_date(std::time_t now) {
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                days.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                months.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900, utc.tm_hour,
                utc.tm_min, utc.tm_sec);
  return text;
}

bool frames(http::field name) {
  return name == http::field::content_length || name == http::field::transfer_encoding ||
         name == http::field::connection || name == http::field::date;
}

bool has_no_content(int status) { return status < 200 || status == 204 || status == 304; }

std::string to_text(const Reply& reply, bool head, bool keep_alive) {
  http::response<http::string_body> message;
  message.version(11);
  message.result(static_cast<unsigned>(reply.status));
  for (const Header& field : reply.headers) {
    if (!frames(http::string_to_field(field.name))) message.insert(field.name, field.value);
  }
  message.set(http::field::date, http_date(std::time(nullptr)));
  message.keep_alive(keep_alive);
  if (!has_no_content(reply.status)) {
    message.content_length(reply.body.size());
    if (!head) message.body() = reply.body;
  }
  std::ostringstream text;
  text << message;
  return std::move(text).str();
}

using Parser = http::request_parser<http::string_body>;

std::optional<Method> method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
    case http::verb::head:
      return Method::get;
    case http::verb::put:
      return Method::put;
    case http::verb::delete_:
      return Method::del;
    default:
      return std::nullopt;
  }
}

Request to_request(http::request<http::string_body>&& message, Method method) {
  Request request{.method = method};
  const std::string target(message.target());
  const std::string host(message[http::field::host]);
  request.url = target.starts_with('/') ? "http://" + host + target : target;
  for (const auto& field : message) {
    request.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  request.body = std::move(message.body());
  return request;
}

// One connection. Its handlers keep it alive; when none is pending it closes.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, Shared& shared) : stream_(std::move(socket)), shared_(shared) {}

  void read_header() {
    parser_.emplace();
    parser_->header_limit(header_limit);
    parser_->body_limit(shared_.options.body_limit);
    stream_.expires_after(shared_.options.idle);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](error_code ec, std::size_t) {
                              ec ? self->refuse(ec) : self->after_header();
                            });
  }

 private:
  void after_header() {
    if (!beast::iequals(parser_->get()[http::field::expect], "100-continue")) return read_body();
    write("HTTP/1.1 100 Continue\r\n\r\n", [](Connection& self) { self.read_body(); });
  }

  void read_body() {
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](error_code ec, std::size_t) {
                       ec ? self->refuse(ec) : self->serve();
                     });
  }

  void serve() {
    auto message = parser_->release();
    const bool head = message.method() == http::verb::head;
    const bool keep_alive = message.keep_alive();
    const auto method = method_of(message.method());
    if (!method) {
      return send(problem(Problem::method_not_allowed, "GET, HEAD, PUT and DELETE are known"),
                  false, keep_alive);
    }
    const Request request = to_request(std::move(message), *method);
    try {
      deliver(request, head, keep_alive);
    } catch (const std::exception&) {
      send(problem(Problem::internal, "The handler failed"), head, false);
    }
  }

  void deliver(const Request& request, bool head, bool keep_alive) {
    const auto& weather = shared_.options.weather;
    const Delivery delivery = weather ? weather(request) : Delivery::answer;
    if (delivery == Delivery::drop_before) return;
    const auto reply = shared_.handler(request);
    if (!reply || reply->error != TransportError::none || delivery == Delivery::drop_after) return;
    if (delivery == Delivery::hang) return wait_for_close();
    if (delivery == Delivery::cut) {
      const std::string text = to_text(*reply, head, false);
      return write(text.substr(0, text.size() / 2), [](Connection&) {});
    }
    send(*reply, head, keep_alive);
  }

  void send(const Reply& reply, bool head, bool keep_alive) {
    write(to_text(reply, head, keep_alive),
          [keep_alive](Connection& self) { keep_alive ? self.read_header() : self.linger(); });
  }

  // A request that cannot be read whole. Its rest is still coming: closing at once would reset the
  // connection and destroy the answer on its way.
  void refuse(error_code ec) {
    if (ec == http::error::body_limit) {
      send(problem(Problem::too_large, "The document exceeds this server's limit"), false, false);
    } else if (ec == http::error::header_limit) {
      send(problem(Problem::fields_too_large, "The header exceeds this server's limit"), false,
           false);
    } else if (ec != http::error::end_of_stream && ec != http::error::partial_message &&
               ec.category() == http::make_error_code(http::error::end_of_stream).category()) {
      send(problem(Problem::malformed, "This is not an HTTP/1.1 request"), false, false);
    }
  }

  void linger() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(patience_after_refusal);
    discard();
  }

  void wait_for_close() {
    stream_.expires_never();
    discard();
  }

  void discard() {
    stream_.async_read_some(asio::buffer(scratch_),
                            [self = shared_from_this()](error_code ec, std::size_t) {
                              if (!ec) self->discard();
                            });
  }

  template <class Next>
  void write(std::string text, Next next) {
    out_ = std::move(text);
    stream_.expires_after(shared_.options.idle);
    asio::async_write(stream_, asio::buffer(out_),
                      [self = shared_from_this(), next](error_code ec, std::size_t) {
                        if (!ec) next(*self);
                      });
  }

  beast::tcp_stream stream_;
  Shared& shared_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::string out_;
  std::array<char, 4096> scratch_{};
};

// What only lives while the listener does. Destroying the context destroys the pending handlers,
// and with them every connection.
struct Loop {
  explicit Loop(std::uint16_t port) : acceptor(context, {asio::ip::address_v4::loopback(), port}) {}

  void accept(Shared& shared) {
    acceptor.async_accept([this, &shared](error_code ec, tcp::socket socket) {
      if (ec == asio::error::operation_aborted) return;
      if (!ec) {
        ++shared.connections;
        socket.set_option(tcp::no_delay(true), ec);
        std::make_shared<Connection>(std::move(socket), shared)->read_header();
      }
      accept(shared);
    });
  }

  asio::io_context context{1};
  tcp::acceptor acceptor;
};

}  // namespace

class Listener::Impl {
 public:
  Impl(Handler handler, ListenerOptions options)
      : shared_{std::move(handler), std::move(options)},
        loop_(std::make_unique<Loop>(shared_.options.port)),
        port_(loop_->acceptor.local_endpoint().port()) {
    loop_->accept(shared_);
    thread_ = std::thread([this] { loop_->context.run(); });
  }

  void stop() {
    const std::lock_guard lock(stopping_);
    if (!loop_) return;
    loop_->context.stop();
    thread_.join();
    loop_.reset();
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::uint64_t connections() const { return shared_.connections; }

 private:
  Shared shared_;
  std::unique_ptr<Loop> loop_;
  std::uint16_t port_;
  std::mutex stopping_;
  std::thread thread_;
};

Listener::Listener(Handler handler, ListenerOptions options)
    : impl_(std::make_unique<Impl>(std::move(handler), std::move(options))) {}

Listener::~Listener() { stop(); }

std::uint16_t Listener::port() const { return impl_->port(); }

std::string Listener::url() const { return "http://127.0.0.1:" + std::to_string(port()); }

std::uint64_t Listener::connections() const { return impl_->connections(); }

void Listener::stop() { impl_->stop(); }

}  // namespace lodge::demo
