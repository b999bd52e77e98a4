#include <unistd.h>

#include <iostream>

#include "demo/form/arguments.hpp"
#include "demo/form/interactive.hpp"
#include "demo/form/lines.hpp"
#include "lodge/error.hpp"

// lodge-form: a form in the terminal that does not lose a word.

namespace {

using namespace lodge::demo;

constexpr int machine_fails = 1;
constexpr int wrong_usage = 64;  // EX_USAGE of sysexits.h

int run(const FormArguments& arguments) {
  if (arguments.help) {
    std::cout << form_usage;
    return 0;
  }
  lodge::Options options;
  options.store = arguments.store.empty() ? usual_store() : arguments.store;
  options.endpoint = arguments.endpoint;
  return ::isatty(STDIN_FILENO) != 0 ? run_interactive(std::move(options))
                                     : run_lines(std::move(options));
}

}  // namespace

int main(int count, char** words) {
  try {
    return run(parse_form_arguments({words + 1, words + count}));
  } catch (const FormUsageError& wrong) {
    std::cerr << "lodge-form: " << wrong.what() << "\n" << form_usage;
    return wrong_usage;
  } catch (const lodge::Error& error) {
    std::cerr << "lodge-form: " << name(error.code()) << ": " << error.what() << "\n";
    return machine_fails;
  } catch (const std::exception& failure) {
    std::cerr << "lodge-form: " << failure.what() << "\n";
    return machine_fails;
  }
}
