#include "benchmark/store/python_store.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace lodge::benchmark {
namespace {

constexpr const char* program = R"python(
import sqlite3, sys, time, uuid
db = sqlite3.connect(sys.argv[1])
db.execute("CREATE TABLE outbox (number INTEGER PRIMARY KEY, id TEXT UNIQUE, body TEXT, made REAL)")
db.execute("CREATE TABLE history (number INTEGER PRIMARY KEY, id TEXT, what TEXT, made REAL)")
db.execute("CREATE INDEX history_of_id ON history (id)")
db.commit()
while True:
    count = sys.stdin.readline()
    if not count:
        break
    for _ in range(int(count)):
        text, id, now = sys.stdin.readline(), str(uuid.uuid4()), time.time()
        with db:
            db.execute("INSERT INTO outbox (id, body, made) VALUES (?, ?, ?)", (id, text, now))
            db.execute("INSERT INTO history (id, what, made) VALUES (?, ?, ?)", (id, text, now))
    print("done", flush=True)
)python";

std::array<int, 2> new_pipe() {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
  return ends;
}

}  // namespace

bool PythonStore::is_installed() {
  return std::system("python3 -c 'import sqlite3' >/dev/null 2>&1") == 0;
}

PythonStore::PythonStore(const std::string& path) {
  const auto forms = new_pipe();
  const auto replies = new_pipe();
  process_ = fork();
  if (process_ == 0) {
    dup2(forms[0], STDIN_FILENO);
    dup2(replies[1], STDOUT_FILENO);
    for (const int end : {forms[0], forms[1], replies[0], replies[1]}) close(end);
    execlp("python3", "python3", "-c", program, path.c_str(), nullptr);
    _exit(127);
  }
  close(forms[0]);
  close(replies[1]);
  forms_ = fdopen(forms[1], "w");
  replies_ = fdopen(replies[0], "r");
}

PythonStore::~PythonStore() {
  std::fclose(forms_);
  std::fclose(replies_);
  waitpid(process_, nullptr, 0);
}

void PythonStore::submit(const std::vector<std::string>& texts) {
  std::fprintf(forms_, "%zu\n", texts.size());
  for (const std::string& text : texts) std::fprintf(forms_, "%s\n", text.c_str());
  std::fflush(forms_);
  std::array<char, 16> reply{};
  if (std::fgets(reply.data(), reply.size(), replies_) == nullptr)
    throw std::runtime_error("the Python program ended");
}

}  // namespace lodge::benchmark
