#include "support/failing_transport.hpp"

#include <utility>

namespace lodge::test {
namespace {

MemoryTransport::Server with_faults(MemoryTransport::Server server,
                                    std::shared_ptr<FaultPlan> plan) {
  return [server = std::move(server), plan = std::move(plan)](const Request& request) {
    const std::optional<Fault> fault = plan->next();
    if (!fault) return server(request);
    if (fault->arrives) static_cast<void>(server(request));
    return Reply{.error = fault->error, .departures = fault->departures, .detail = "planned fault"};
  };
}

}  // namespace

void FaultPlan::then(std::optional<Fault> fault) {
  const std::scoped_lock lock(mutex_);
  faults_.push_back(fault);
}

std::optional<Fault> FaultPlan::next() {
  const std::scoped_lock lock(mutex_);
  if (faults_.empty()) return std::nullopt;
  const std::optional<Fault> fault = faults_.front();
  faults_.pop_front();
  return fault;
}

std::size_t FaultPlan::left() const {
  const std::scoped_lock lock(mutex_);
  return faults_.size();
}

FailingTransport::FailingTransport(Server server)
    : FailingTransport(std::move(server), std::make_shared<FaultPlan>()) {}

FailingTransport::FailingTransport(Server server, std::shared_ptr<FaultPlan> plan)
    : MemoryTransport(with_faults(std::move(server), plan)), plan_(std::move(plan)) {}

}  // namespace lodge::test
