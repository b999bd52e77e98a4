#include "benchmark/families/families.hpp"

#ifdef LODGE_HAS_PAHO

#include <MQTTAsync.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <stdexcept>

#include "benchmark/http/counting_server.hpp"
#include "benchmark/http/loopback.hpp"
#include "benchmark/measure/turns.hpp"
#include "benchmark/store/forms.hpp"

namespace lodge::benchmark {
namespace {

constexpr int backlog = 5'000;
constexpr int long_backlog = 30'000;
constexpr int patience_seconds = 120;

/// mosquitto on a port of its own.
class Broker {
 public:
  explicit Broker(const DiskFolder& folder) : port_(free_port()) {
    std::ofstream(folder / "mosquitto.conf")
        << "listener " << port_ << " 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n"
        << "max_inflight_messages 0\nlog_type none\n";
    const std::string file = folder / "mosquitto.conf";
    process_ = fork();
    if (process_ == 0) {
      execlp("mosquitto", "mosquitto", "-c", file.c_str(), nullptr);
      execl("/usr/sbin/mosquitto", "mosquitto", "-c", file.c_str(), nullptr);
      _exit(127);
    }
    let_pass(500);
    if (waitpid(process_, nullptr, WNOHANG) != 0) throw std::runtime_error("mosquitto ended");
  }
  ~Broker() {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;
  [[nodiscard]] std::string url() const { return "tcp://127.0.0.1:" + std::to_string(port_); }

 private:
  int port_;
  pid_t process_ = -1;
};

/// Paho with its file persistence, as somebody would use it to keep messages until there is a
/// network: what is published while there is none is kept in files, and goes with QoS 1.
class Paho {
 public:
  Paho(const std::string& url, const std::string& folder) {
    MQTTAsync_createOptions how = MQTTAsync_createOptions_initializer5;
    how.MQTTVersion = MQTTVERSION_3_1_1;
    how.sendWhileDisconnected = 1;
    how.allowDisconnectedSendAtAnyTime = 1;
    how.maxBufferedMessages = 65'535;
    if (MQTTAsync_createWithOptions(&client_, url.c_str(), "lodge-benchmark",
                                    MQTTCLIENT_PERSISTENCE_DEFAULT,
                                    const_cast<char*>(folder.c_str()), &how) != 0)
      throw std::runtime_error("Paho does not open");
    MQTTAsync_setCallbacks(client_, this, nullptr, &take_message, &count_delivery);
  }
  ~Paho() {
    MQTTAsync_disconnectOptions how = MQTTAsync_disconnectOptions_initializer;
    MQTTAsync_disconnect(client_, &how);
    for (int i = 0; i < 1'000 && MQTTAsync_isConnected(client_) != 0; ++i) let_pass(1);
    MQTTAsync_destroy(&client_);
  }
  Paho(const Paho&) = delete;
  Paho& operator=(const Paho&) = delete;

  void publish(const std::string& text) {
    MQTTAsync_message message = MQTTAsync_message_initializer;
    message.payload = const_cast<char*>(text.data());
    message.payloadlen = static_cast<int>(text.size());
    message.qos = 1;
    const int code = MQTTAsync_sendMessage(client_, "forms", &message, nullptr);
    if (code != 0) throw std::runtime_error("Paho: publish " + std::to_string(code));
  }
  /// Connects, and waits until so many have been acknowledged; how many were.
  long deliver(long count) {
    MQTTAsync_connectOptions how = MQTTAsync_connectOptions_initializer;
    how.cleansession = 0;
    how.maxInflight = 20'000;
    if (MQTTAsync_connect(client_, &how) != 0) throw std::runtime_error("Paho: no connection");
    const double begun = seconds_now();
    while (delivered_ < count && seconds_now() - begun < patience_seconds) let_pass(1);
    return delivered_;
  }

 private:
  static void count_delivery(void* paho, MQTTAsync_token) {
    ++static_cast<Paho*>(paho)->delivered_;
  }
  static int take_message(void*, char*, int, MQTTAsync_message*) { return 1; }

  MQTTAsync client_ = nullptr;
  std::atomic<long> delivered_{0};
};

double rate_since(double begun, double count) { return count / (seconds_now() - begun); }

struct Rates {
  std::vector<double> enqueue{};
  std::vector<double> deliver{};
};

void let_lodge_work(Rates& rates, const Options& options, std::size_t bytes, int round) {
  Client client(options);
  client.pause("until all are filed");  // that there is no network would be found untrue
  const auto drafts = new_drafts(client, backlog, bytes, round * backlog);
  double begun = seconds_now();
  for (const Draft& draft : drafts) client.submit(draft);
  rates.enqueue.push_back(rate_since(begun, backlog));
  begun = seconds_now();
  client.resume();
  if (!client.drain(std::chrono::seconds(patience_seconds)))
    throw std::runtime_error("the outbox is not empty");
  rates.deliver.push_back(rate_since(begun, backlog));
}

void let_paho_work(Rates& rates, const Broker& broker, std::size_t bytes, int round) {
  const DiskFolder folder;
  Paho paho(broker.url(), folder / "");
  std::vector<std::string> texts;
  for (int i = 0; i < backlog; ++i) texts.push_back(form_text(bytes, round * backlog + i));
  double begun = seconds_now();
  for (const std::string& text : texts) paho.publish(text);
  rates.enqueue.push_back(rate_since(begun, backlog));
  begun = seconds_now();
  rates.deliver.push_back(rate_since(begun, static_cast<double>(paho.deliver(backlog))));
}

// Milliseconds to open what another run left.
double lodge_reopens(const std::string& store, std::size_t bytes) {
  Options options = offline_options(store);
  options.deliver = false;
  {
    Client client(options);
    for (int i = 0; i < long_backlog; i += 1'000)
      client.submit_all(new_drafts(client, 1'000, bytes, i));
  }
  const double begun = seconds_now();
  const Client client(options);
  return (seconds_now() - begun) * 1e3;
}

double paho_reopens(const Broker& broker, std::size_t bytes) {
  const DiskFolder folder;
  {
    Paho paho(broker.url(), folder / "");
    const std::string text = form_text(bytes, 0);
    for (int i = 0; i < long_backlog; ++i) paho.publish(text);
  }
  const double begun = seconds_now();
  const Paho paho(broker.url(), folder / "");
  return (seconds_now() - begun) * 1e3;
}

void add_ratio(Report& report, const std::string& what, const std::vector<double>& ours,
               const std::vector<double>& theirs, double goal) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / theirs[i]);
  const auto add_rate = [&](const std::string& who, const std::vector<double>& rates,
                            const char* note) {
    report.add({.what = what + ", " + who,
                .value = median(rates),
                .unit = "/s",
                .spread = spread_of(rates),
                .note = note});
  };
  add_rate("lodge", ours, "");
  add_rate("Paho MQTT C, QoS 1, files", theirs, "never synced");
  report.add({.goal_name = "P1",
              .what = what + ", to Paho",
              .value = median(ratios),
              .unit = "x",
              .spread = spread_of(ratios),
              .goal = at_least(goal)});
}

}  // namespace

void measure_peers(Report& report, const Settings& settings) {
  const DiskFolder folder;
  const Broker broker(folder);
  CountingServer server;
  Options options = offline_options(folder / "lodge");
  options.endpoint = server.url() + "/v1";
  Rates ours;
  Rates theirs;
  for (int round = 0; round < settings.rounds; ++round) {
    let_lodge_work(ours, options, settings.bytes, round);
    let_paho_work(theirs, broker, settings.bytes, round);
  }
  add_ratio(report, "enqueue 5,000, each by itself", ours.enqueue, theirs.enqueue, 1);
  add_ratio(report, "deliver 5,000", ours.deliver, theirs.deliver, 4);
  const double our_time = lodge_reopens(folder / "long", settings.bytes);
  const double their_time = paho_reopens(broker, settings.bytes);
  report.add({.what = "open with 30,000 waiting, lodge", .value = our_time, .unit = "ms"});
  report.add({.what = "open with 30,000 waiting, Paho", .value = their_time, .unit = "ms"});
  report.add({.goal_name = "P1",
              .what = "opening with 30,000 waiting, Paho's time to lodge's",
              .value = their_time / our_time,
              .unit = "x",
              .goal = at_least(100)});
}

}  // namespace lodge::benchmark

#else

namespace lodge::benchmark {

void measure_peers(Report& report, const Settings&) {
  report.say("built without Paho MQTT C; nothing to compare with");
}

}  // namespace lodge::benchmark

#endif
