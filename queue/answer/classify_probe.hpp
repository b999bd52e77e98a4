#pragma once

#include "lodge/transport.hpp"

namespace lodge::queue {

/// Who answered a probe (Options::probe_url).
enum class ProbeAnswer {
  server,       ///< the server for certain
  somebody,     ///< plain http: an answer, and nobody knows whose
  intercepted,  ///< the network in the server's place: a page, a redirect, 407, 511, certificate
  nobody,       ///< no complete answer
};

/// What a reply to a probe says of the way to the server. Its status does not matter otherwise: a
/// server that is out of order has been reached.
ProbeAnswer classify_probe(const Reply& reply);

}  // namespace lodge::queue
