#include "queue/fleet/fleet.hpp"

#include <algorithm>
#include <queue>
#include <random>

#include "queue/fleet/machine.hpp"
#include "support/delivery_cases.hpp"

namespace lodge::test {
namespace {

constexpr Duration there_and_back{50};
constexpr Duration patience_of_a_client = std::chrono::seconds(30);
constexpr Duration interval = std::chrono::minutes(15);

struct Happening {
  Time at{};
  std::uint64_t order = 0;
  std::size_t machine = 0;
  bool reply = false;  ///< else a look
  std::size_t form = 0;
  Step step = Step::send;
  int status = 0;  ///< 0: no answer; -1: no connection
  bool operator>(const Happening& other) const {
    return std::pair(at, order) > std::pair(other.at, other.order);
  }
};

Reply reply_of(int status, Step step) {
  if (status == 200 && step == Step::check) return a_reply(404);
  if (status == 200) return a_reply(201, "", {{"ETag", "\"v1\""}});
  if (status == 1503) return a_reply(503, "", {{"Retry-After", "30"}});
  if (status > 0) return a_reply(status);
  Reply nothing;
  nothing.error = status == 0 ? TransportError::timeout : TransportError::connect;
  nothing.departures = status == 0 ? 1 : 0;
  return nothing;
}

int status_of(Overload overload) {
  switch (overload) {
    case Overload::busy:
      return 1503;
    case Overload::bare:
      return 503;
    case Overload::silence:
      return 0;
    case Overload::gateway:
      return 502;
    case Overload::error:
      return 500;
    case Overload::refuses:
      return -1;
  }
  return 0;
}

class Fleet {
 public:
  explicit Fleet(const FleetCase& fleet) : case_(fleet), chance_(fleet.seed) {
    machines_.reserve(static_cast<std::size_t>(fleet.machines));
    looks_.resize(static_cast<std::size_t>(fleet.machines));
    probes_.resize(static_cast<std::size_t>(fleet.machines));
  }

  FleetRun run() {
    std::uniform_real_distribution<double> within_a_second(0, 1000);
    for (int i = 0; i < case_.machines; ++i) {
      machines_.emplace_back(profile_, case_.forms, case_.in_flight);
      const Time back = noon + Duration(static_cast<std::int64_t>(within_a_second(chance_)));
      machines_.back().come_back(back, case_.spread, draw());
      add_look(static_cast<std::size_t>(i), back);
    }
    const auto forms =
        static_cast<std::uint64_t>(case_.machines) * static_cast<std::uint64_t>(case_.forms);
    const Time end = up_ + case_.patience;
    while (!happenings_.empty() && happenings_.top().at < end && run_.successes < forms) {
      const Happening next = happenings_.top();
      happenings_.pop();
      if (!was_up_ && next.at >= up_) note_end_of_outage();
      if (next.reply) {
        receive(next, forms);
      } else if (looks_[next.machine] != next.order) {
        continue;  // another look took its place
      }
      look(next.machine, next.at);
    }
    count_intervals();
    return run_;
  }

 private:
  double draw() { return std::uniform_real_distribution<double>(0, 1)(chance_); }

  void add_look(std::size_t machine, Time at) {
    looks_[machine] = ++order_;
    happenings_.push({.at = at, .order = order_, .machine = machine});
  }

  void look(std::size_t machine, Time now) {
    looks_[machine] = 0;
    const auto next = machines_[machine].look(
        now, [&](std::size_t form, Step step) { leave(machine, form, step, now); });
    if (next) add_look(machine, std::max(*next, now + Duration(1)));
  }

  void leave(std::size_t machine, std::size_t form, Step step, Time now) {
    const int status = serve(machine, now);
    const Duration after = status == 0 ? patience_of_a_client : there_and_back;
    happenings_.push({.at = now + after,
                      .order = ++order_,
                      .machine = machine,
                      .reply = true,
                      .form = form,
                      .step = step,
                      .status = status});
  }

  int serve(std::size_t machine, Time now) {
    const std::int64_t second = now.time_since_epoch() / std::chrono::seconds(1);
    if (second != second_) in_second_ = 0;
    second_ = second;
    ++in_second_;
    if (now < up_) {
      ++run_.probes;
      probes_[machine].push_back(now);
      if (now >= noon + interval) {
        run_.worst_second_down = std::max(run_.worst_second_down, in_second_);
      }
      return status_of(case_.overload);
    }
    ++run_.requests;
    run_.worst_second = std::max(run_.worst_second, in_second_);
    return in_second_ > static_cast<std::uint64_t>(case_.capacity) ? status_of(case_.overload)
                                                                   : 200;
  }

  void receive(const Happening& it, std::uint64_t forms) {
    Machine& machine = machines_[it.machine];
    const int before = machine.waiting();
    machine.receive(it.form, it.step, reply_of(it.status, it.step), it.at, draw());
    run_.successes += static_cast<std::uint64_t>(before - machine.waiting());
    if (run_.nearly_all == Duration{} && run_.successes * 100 >= forms * 99) {
      run_.nearly_all = it.at - up_;
    }
    if (run_.successes == forms) run_.all = it.at - up_;
  }

  void note_end_of_outage() {
    was_up_ = true;
    for (const Machine& machine : machines_) run_.in_doubt += machine.in_doubt();
  }

  void count_intervals() {
    const Time from = noon + std::chrono::hours(1);
    if (up_ <= from) return;
    std::uint64_t probes = 0;
    for (const std::vector<Time>& times : probes_) {
      for (auto first = std::ranges::lower_bound(times, from); first != times.end(); ++first) {
        ++probes;
        const auto last = std::upper_bound(first, times.end(), *first + interval - Duration(1));
        run_.most_in_interval = std::max(run_.most_in_interval, static_cast<int>(last - first));
      }
    }
    const double intervals = static_cast<double>((up_ - from).count()) /
                             static_cast<double>(interval.count()) * case_.machines;
    run_.probes_per_interval = static_cast<double>(probes) / intervals;
  }

  const FleetCase& case_;
  const queue::Profile profile_ = a_profile();
  const Time up_ = noon + case_.down;
  std::mt19937_64 chance_;
  std::vector<Machine> machines_{};
  std::vector<std::uint64_t> looks_{};  ///< the look that counts
  std::vector<std::vector<Time>> probes_{};
  std::priority_queue<Happening, std::vector<Happening>, std::greater<>> happenings_{};
  std::uint64_t order_ = 0;
  std::int64_t second_ = 0;
  std::uint64_t in_second_ = 0;
  bool was_up_ = false;
  FleetRun run_{};
};

}  // namespace

std::string name(Overload overload) {
  switch (overload) {
    case Overload::busy:
      return "503, Retry-After 30";
    case Overload::bare:
      return "503";
    case Overload::silence:
      return "silence";
    case Overload::gateway:
      return "502";
    case Overload::error:
      return "500";
    case Overload::refuses:
      return "no connection";
  }
  return {};
}

FleetRun run_fleet(const FleetCase& fleet) { return Fleet(fleet).run(); }

}  // namespace lodge::test
