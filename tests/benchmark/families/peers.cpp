#include "benchmark/families/families.hpp"

#ifdef LODGE_HAS_PAHO

#include <MQTTClient.h>
#include <arpa/inet.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <stdexcept>

#include "benchmark/http/counting_server.hpp"
#include "benchmark/measure/disk_counts.hpp"
#include "benchmark/measure/turns.hpp"
#include "benchmark/store/forms.hpp"

namespace lodge::benchmark {
namespace {

constexpr int backlog = 5'000;

int free_port() {
  const int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  bind(file, reinterpret_cast<sockaddr*>(&name), size);
  getsockname(file, reinterpret_cast<sockaddr*>(&name), &size);
  close(file);
  return ntohs(name.sin_port);
}

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

std::atomic<long> delivered{0};

void count_delivery(void*, MQTTClient_deliveryToken) { ++delivered; }
int take_message(void*, char*, int, MQTTClient_message*) { return 1; }
void lose_connection(void*, char*) {}

/// Paho with its file persistence, as somebody would use it to keep messages until there is a
/// network: publishes are buffered while disconnected.
class Paho {
 public:
  Paho(const std::string& url, const std::string& folder) {
    MQTTClient_createOptions how = MQTTClient_createOptions_initializer;
    if (MQTTClient_createWithOptions(&client_, url.c_str(), "lodge-benchmark",
                                     MQTTCLIENT_PERSISTENCE_DEFAULT,
                                     const_cast<char*>(folder.c_str()), &how) != 0)
      throw std::runtime_error("Paho does not open");
    MQTTClient_setCallbacks(client_, nullptr, &lose_connection, &take_message, &count_delivery);
  }
  ~Paho() { MQTTClient_destroy(&client_); }
  Paho(const Paho&) = delete;
  Paho& operator=(const Paho&) = delete;

  void connect() {
    MQTTClient_connectOptions how = MQTTClient_connectOptions_initializer;
    how.cleansession = 0;
    how.maxInflightMessages = 20'000;
    if (MQTTClient_connect(client_, &how) != 0) throw std::runtime_error("Paho: no connection");
  }
  void publish(const std::string& text) {
    const int code = MQTTClient_publish(client_, "forms", static_cast<int>(text.size()),
                                        text.data(), 1, 0, nullptr);
    if (code != 0) throw std::runtime_error("Paho: publish " + std::to_string(code));
  }

 private:
  MQTTClient client_ = nullptr;
};

}  // namespace

// The synchronous client needs a connection to publish, so each message is written to a file before
// it is sent; that rate is its durable enqueue and its delivery in one.
void measure_peers(Report& report, const Settings& settings) {
  const DiskFolder folder;
  Broker broker(folder);
  CountingServer server;
  Options options = offline_options(folder / "lodge");
  options.endpoint = server.url() + "/v1";
  std::vector<double> ours;
  std::vector<double> theirs;
  {
    Client client(options);
    Paho paho(broker.url(), folder / "");
    paho.connect();
    for (int round = 0; round < settings.rounds; ++round) {
      client.set_network(Path::offline);
      for (int i = 0; i < backlog; i += 500)
        client.submit_all(new_drafts(client, 500, settings.bytes, round * backlog + i));
      double begun = seconds_now();
      client.set_network(Path::online);
      client.drain(std::chrono::minutes(1));
      ours.push_back(backlog / (seconds_now() - begun));
      delivered = 0;
      const std::string text = form_text(settings.bytes, round);
      begun = seconds_now();
      for (int i = 0; i < backlog; ++i) paho.publish(text);
      while (delivered < backlog && seconds_now() - begun < 60) let_pass(1);
      theirs.push_back(static_cast<double>(delivered) / (seconds_now() - begun));
    }
  }
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / theirs[i]);
  report.add({.what = "lodge delivers a backlog of 5,000",
              .value = median(ours),
              .unit = "/s",
              .spread = spread_of(ours)});
  report.add({.what = "Paho MQTT C, QoS 1, file persistence, 5,000",
              .value = median(theirs),
              .unit = "/s",
              .spread = spread_of(theirs),
              .note = "not synced"});
  report.add({.goal_name = "P1",
              .what = "delivery, to Paho",
              .value = median(ratios),
              .unit = "x",
              .spread = spread_of(ratios),
              .goal = at_least(4)});
}

}  // namespace lodge::benchmark

#else

namespace lodge::benchmark {

void measure_peers(Report& report, const Settings&) {
  report.say("built without Paho MQTT C; nothing to compare with");
}

}  // namespace lodge::benchmark

#endif
