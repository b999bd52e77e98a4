#pragma once

namespace lodge::client {

class Mailbox;
struct CurlOptions;

/// Carries out what `mailbox` asks for, until it asks to stop: the whole life of CurlTransport's
/// thread. Sleeps without a time-out while nothing is in flight.
void run_curl_loop(Mailbox& mailbox, const CurlOptions& options);

}  // namespace lodge::client
