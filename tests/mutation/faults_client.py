"""Faults in transport, delivery, processes and autosave."""
from fault import Fault


def fault(name, promise, file, text, becomes, *tests):
    return Fault(name, promise, "client/" + file, text, becomes, "client_tests",
                 ",".join(f"[#{test}]" for test in tests))


CURL = ("curl_request_test", "curl_reply_test", "curl_tls_test", "request_check_test", "transport_conformance_test")
FAULTS = [
    fault("curl-follows-redirects", "P5", "curl/curl_transfer.cpp",
          "CURLOPT_FOLLOWLOCATION, 0L", "CURLOPT_FOLLOWLOCATION, 1L", *CURL),
    fault("certificate-unchecked", "P5", "curl/curl_transfer.cpp",
          "CURLOPT_SSL_VERIFYPEER, 1L", "CURLOPT_SSL_VERIFYPEER, 0L", *CURL),
    fault("host-name-unchecked", "P5", "curl/curl_transfer.cpp",
          "CURLOPT_SSL_VERIFYHOST, 2L", "CURLOPT_SSL_VERIFYHOST, 0L", *CURL),
    fault("reply-cap-removed", "P10", "curl/curl_transfer.cpp",
          "too_large_ = bytes.size() > room;", "too_large_ = false;", *CURL),
    fault("socket-inherited", "P10", "curl/curl_transfer.cpp",
          "address->socktype | SOCK_CLOEXEC", "address->socktype", *CURL, "curl_connections_test"),
    fault("line-break-on-the-wire", "P10", "curl/request_check.cpp",
          "return is_control(c) && c != '\\t'; })", "return is_control(c) && c != '\\t' && c != '\\r' && c != '\\n'; })",
          *CURL),
    fault("credentials-of-another-identity", "P4", "delivery/authorizer.cpp",
          "found = known_.emplace(identity, ask(identity, false)).first;",
          "found = known_.empty() ? known_.emplace(identity, ask(identity, false)).first : known_.begin();",
          "client_people_test", "client_sign_in_test"),
    fault("sent-without-credentials", "P4", "delivery/delivery_send.cpp",
          "hold_identity(due.submission.identity, words, now);\n    return std::nullopt;",
          "hold_identity(due.submission.identity, words, now);\n    credentials.emplace();",
          "client_sign_in_test", "client_people_test"),
    fault("resent-form-loses-doubt", "P4", "delivery/delivery_receive.cpp",
          "if (meaning.arrived) flight.due.in_doubt = true;", "", "client_sign_in_test", "client_garbled_test"),
    fault("late-answers-count-as-progress", "P8", "delivery/delivery.cpp",
          "std::ranges::count(exchanged.stored, false, &storage::Stored::late)",
          "std::ranges::size(exchanged.stored)", "in_vain_test"),
    fault("event-before-the-commit", "P2", "delivery/delivery.cpp",
          "  storage::Exchanged exchanged;\n",
          "  storage::Exchanged exchanged;\n  std::vector<storage::Stored> early;\n"
          "  for (const auto& each : unrecorded_.settled) early.push_back({.state = each.state});\n"
          "  announce(unrecorded_, early);\n", "failed_pass_test"),
    fault("path-never-comes-back", "P8", "delivery/path_state.cpp",
          "state.path = Path::online;\n  if", "if", "path_state_test", "monitor_test"),
    fault("last-text-dropped-at-close", "P1", "autosave/autosaver.cpp",
          "failures = flush_all();", "failures = 0;",
          "autosaver_test", "autosaver_threads_test"),
    fault("autosave-wakes-no-host", "P1", "client.cpp",
          "saving.sooner = [this] { worker->wake(); };", "", "own_loop_test"),
    fault("wrong-draft-tried-by-readers", "P8", "autosave/autosaver.cpp",
          "const bool may_save = slot.draft && !slot.saving && !slot.is_given_up();",
          "const bool may_save = slot.draft && !slot.saving;", "autosaver_test"),
    fault("lock-inherited", "P10", "process/process_fd.cpp",
          "O_RDWR | O_CREAT | O_CLOEXEC", "O_RDWR | O_CREAT", "flush_lock_test"),
    fault("lock-of-replaced-file-kept", "P4", "process/flush_lock.cpp",
          "return locked_ && is_file_at(file_->get(), path_);", "return locked_;", "flush_lock_test"),
    fault("wake-lost", "P8", "process/wake_file.cpp",
          "return ::pwrite(file_.get(), text.data(), static_cast<std::size_t>(size), 0) == size;",
          "return size > 0;", "file_watch_test", "client_processes_test", "client_wake_test"),
    fault("others-wait-for-a-full-batch", "P10", "delivery/delivery.cpp",
          "parts_.store.has_company() ? batch_in_company : all_of_them", "all_of_them", "ahead_test"),
]
