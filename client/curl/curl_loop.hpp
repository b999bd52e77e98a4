#pragma once

namespace lodge::client {

class Mailbox;
struct CurlOptions;

/// Carries out what `mailbox` asks for, until it asks to stop: the whole life of CurlTransport's
/// thread. Sleeps without a time-out while nothing is in flight. Throws nothing: what there is no
/// memory to begin is answered without a departure, what there is no memory to answer is answered a
/// moment later.
void run_curl_loop(Mailbox& mailbox, const CurlOptions& options);

}  // namespace lodge::client
