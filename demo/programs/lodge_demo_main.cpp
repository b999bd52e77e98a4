#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>

#include "demo/day/day.hpp"
#include "demo/day/filing.hpp"
#include "demo/day/interruption.hpp"
#include "demo/day/report.hpp"
#include "demo/day/workplace.hpp"
#include "lodge/error.hpp"

// lodge-demo: files real forms through a day of disconnects and proves that each arrived once.

namespace {

using namespace lodge::demo;

constexpr int proof_fails = 1;
constexpr int wrong_usage = 64;  // EX_USAGE of sysexits.h

std::unique_ptr<Screen> screen_for(const Settings& settings) {
  if (settings.json) return silent_screen();
  return ::isatty(STDOUT_FILENO) != 0 ? live_screen() : plain_screen();
}

int live_through(const Settings& settings) {
  const Workplace workplace(settings.keep);
  const auto began = std::chrono::steady_clock::now();
  if (!settings.json) {
    std::printf("lodge-demo: %d forms, seed %llu\n", settings.rows,
                static_cast<unsigned long long>(settings.seed));
    std::fflush(stdout);
  }
  Report report{.settings = settings};
  {
    const auto screen = screen_for(settings);
    report.evidence = Day(settings, workplace.store(), *screen).live();
  }
  report.proof = prove(report.evidence);
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  std::cout << (settings.json ? report_json(report) + "\n" : report_text(report));
  if (!settings.keep.empty()) {
    (settings.json ? std::cerr : std::cout) << "The store is " << workplace.store() << "\n";
  }
  for (const Finding& finding : report.proof.findings) {
    if (!finding.holds) std::cerr << "lodge-demo: failed: " << finding.name << "\n";
  }
  return report.proof.holds() ? 0 : proof_fails;
}

int run(const Settings& settings) {
  if (settings.help) {
    std::cout << demo_usage;
    return 0;
  }
  if (settings.is_child) return file_forms(settings.job, settings.fast);
  catch_interruptions();
  return live_through(settings);
}

}  // namespace

int main(int count, char** words) {
  try {
    return run(parse_settings({words + 1, words + count}));
  } catch (const UsageError& wrong) {
    std::cerr << "lodge-demo: " << wrong.what() << "\n" << demo_usage;
    return wrong_usage;
  } catch (const Interrupted& interrupted) {
    std::cerr << "lodge-demo: interrupted; nothing is left behind\n";
    return 128 + interrupted.signal;
  } catch (const lodge::Error& error) {
    std::cerr << "lodge-demo: " << name(error.code()) << ": " << error.what() << "\n";
    return proof_fails;
  } catch (const std::exception& failure) {
    std::cerr << "lodge-demo: " << failure.what() << "\n";
    return proof_fails;
  }
}
