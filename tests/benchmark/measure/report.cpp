#include "benchmark/measure/report.hpp"

#include <sys/utsname.h>

#include <cmath>
#include <cstdio>
#include <thread>

#include <nlohmann/json.hpp>

#include "storage/sqlite/database.hpp"

namespace lodge::benchmark {
namespace {

std::string number(double value) {
  const double size = std::abs(value);
  char text[64];
  const int digits = size == std::floor(size) && size < 1e9 ? 0 : size < 1 ? 4 : size < 100 ? 2 : 0;
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string goal_text(const Figure& figure) {
  if (!figure.goal) return "";
  return (figure.goal->kind == Goal::Kind::at_least ? ">= " : "<= ") + number(figure.goal->value);
}

std::string verdict(const Figure& figure) {
  if (figure.too_noisy) return "too noisy";
  if (!figure.goal) return "";
  return is_met(figure) ? "met" : "MISSED";
}

}  // namespace

bool is_met(const Figure& figure) {
  if (!figure.goal || figure.too_noisy) return true;
  const double goal = figure.goal->value;
  return figure.goal->kind == Goal::Kind::at_least ? figure.value >= goal : figure.value <= goal;
}

void Report::add(Figure figure) {
  figure.family = family_;
  std::string spread;
  if (figure.spread) spread = number(figure.spread->low) + " .. " + number(figure.spread->high);
  std::printf("%-10s %-3s %-58s %10s %-9s %-19s %-9s %-9s %s\n", figure.family.c_str(),
              figure.goal_name.c_str(), figure.what.c_str(), number(figure.value).c_str(),
              figure.unit.c_str(), spread.c_str(), goal_text(figure).c_str(),
              verdict(figure).c_str(), figure.note.c_str());
  std::fflush(stdout);
  figures_.push_back(std::move(figure));
}

void Report::say(const std::string& words) {
  std::printf("%-10s     %s\n", family_.c_str(), words.c_str());
  std::fflush(stdout);
}

std::string as_json(const std::vector<Figure>& figures) {
  utsname machine{};
  uname(&machine);
  nlohmann::json all = {{"machine", std::string(machine.machine)},
                        {"kernel", std::string(machine.release)},
                        {"cores", std::thread::hardware_concurrency()},
                        {"sqlite", storage::sqlite_version()},
                        {"figures", nlohmann::json::array()}};
  for (const Figure& figure : figures) {
    nlohmann::json one = {{"family", figure.family}, {"what", figure.what},
                          {"value", figure.value},   {"unit", figure.unit},
                          {"note", figure.note},     {"too_noisy", figure.too_noisy}};
    if (!figure.goal_name.empty()) one["goal_name"] = figure.goal_name;
    if (figure.spread) one["quartiles"] = {figure.spread->low, figure.spread->high};
    if (figure.goal) {
      one["goal"] = goal_text(figure);
      one["met"] = is_met(figure);
    }
    all["figures"].push_back(std::move(one));
  }
  return all.dump(2);
}

}  // namespace lodge::benchmark
