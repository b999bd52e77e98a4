#pragma once

#include "queue/answer/reconcile.hpp"

// What a comparison makes of a submission; shared by composing and by the check step.
namespace lodge::queue {

/// A submission that is unchanged so far.
storage::Settled as_it_is(const storage::Due& due);

storage::NewRequest open_request(const storage::Due& due, const Profile& profile, RequestKey fresh,
                                 storage::Precondition precondition, std::string tag = {});

/// The request that send_ours, send_merged or create asks for.
storage::NewRequest request_for(const storage::Due& due, const Reconciled& found,
                                const ServerCopy& copy, const Profile& profile, RequestKey fresh);

/// The server's copy as what is known of the record from now on.
storage::RecordLearned learned_from(const ServerCopy& copy);

void make_delivered(storage::Settled& settled, std::string evidence);
void make_conflicted(storage::Settled& settled, const Reconciled& found, const ServerCopy& copy);
void make_withdrawn(storage::Settled& settled);

}  // namespace lodge::queue
