#include "queue/answer/classify_probe.hpp"

#include "queue/answer/reply_facts.hpp"

namespace lodge::queue {

ProbeAnswer classify_probe(const Reply& reply) {
  if (reply.error == TransportError::certificate) return ProbeAnswer::intercepted;
  if (reply.error != TransportError::none) return ProbeAnswer::nobody;
  const bool moved = reply.status >= 300 && reply.status <= 399 && reply.status != 304;
  const bool gate = reply.status == 407 || reply.status == 511;
  if (moved || gate || is_html(reply)) return ProbeAnswer::intercepted;
  return is_trusted(reply) ? ProbeAnswer::server : ProbeAnswer::somebody;
}

}  // namespace lodge::queue
