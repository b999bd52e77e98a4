#include <vector>

#include "demo/form/keys.hpp"
#include "demo/form/text_line.hpp"
#include "support/catch.hpp"

namespace lodge::demo {
namespace {

std::vector<Key> keys_of(std::string_view bytes) {
  KeyReader reader;
  reader.feed(bytes);
  std::vector<Key> keys;
  while (const auto key = reader.next(true)) keys.push_back(*key);
  return keys;
}

Key typed(const char* text) { return {KeyKind::text, text}; }

}  // namespace

TEST_CASE("keys are read as terminals send them") {
  CHECK(keys_of("a\r\t\x7f") ==
        std::vector<Key>{
            typed("a"), {KeyKind::enter, ""}, {KeyKind::tab, ""}, {KeyKind::backspace, ""}});
  CHECK(keys_of("\x1b[A\x1bOB\x1b[C\x1b[D") ==
        std::vector<Key>{
            {KeyKind::up, ""}, {KeyKind::down, ""}, {KeyKind::right, ""}, {KeyKind::left, ""}});
  CHECK(keys_of("\x1bOQ\x1b[12~\x1b[[B\x13") == std::vector<Key>(4, {KeyKind::submit, ""}));
  CHECK(keys_of("\x1b[Z\x1b[3~\x1b[1~\x1b[F") == std::vector<Key>{{KeyKind::back_tab, ""},
                                                                  {KeyKind::erase, ""},
                                                                  {KeyKind::home, ""},
                                                                  {KeyKind::end, ""}});
  CHECK(keys_of("\x1b[1;5C\x1b[200~x") ==
        std::vector<Key>{{KeyKind::other, ""}, {KeyKind::other, ""}, typed("x")});
}

TEST_CASE("a lone Esc waits for what may follow, then it leaves the form") {
  KeyReader reader;
  reader.feed("\x1b");
  CHECK_FALSE(reader.next());
  CHECK(reader.is_waiting());
  CHECK(reader.next(true)->kind == KeyKind::quit);
  reader.feed("\x1b");
  CHECK_FALSE(reader.next());
  reader.feed("[");
  CHECK_FALSE(reader.next());
  reader.feed("B");
  CHECK(reader.next()->kind == KeyKind::down);
  CHECK_FALSE(reader.is_waiting());
}

TEST_CASE("a character that comes in pieces is one key, and noise is none") {
  KeyReader reader;
  const std::string bird = "\xf0\x9f\x90\xa6";
  for (std::size_t i = 0; i + 1 < bird.size(); ++i) {
    reader.feed(bird.substr(i, 1));
    CHECK_FALSE(reader.next());
  }
  reader.feed(bird.substr(3));
  CHECK(reader.next() == typed("\xf0\x9f\x90\xa6"));
  const Key nothing{KeyKind::other, ""};
  CHECK(keys_of("\xff"
                "a") == std::vector<Key>{nothing, typed("a")});
  CHECK(keys_of("\xc3"
                "a") == std::vector<Key>{nothing, typed("a")});
  CHECK(keys_of("\xc0\xaf") == std::vector<Key>(2, nothing));  // overlong
  CHECK(keys_of("\xed\xa0\x80").front() == nothing);           // a surrogate
  CHECK(keys_of("\xc2\x85") == std::vector<Key>{nothing});     // a control character
}

TEST_CASE("editing keeps whole characters") {
  TextLine line(
      "gr\xc3\xbc\xc3\x9f"
      "e");
  CHECK(line.column() == 5);
  CHECK(line.erase_before());
  CHECK(line.erase_before());
  CHECK(line.text() == "gr\xc3\xbc");
  line.left();
  CHECK(line.column() == 2);
  CHECK(line.erase_after());
  CHECK(line.text() == "gr");
  CHECK_FALSE(line.erase_after());
  line.home();
  CHECK_FALSE(line.erase_before());
  line.insert("\xe2\x82\xac");
  CHECK(line.text() ==
        "\xe2\x82\xac"
        "gr");
  CHECK(line.column() == 1);
  line.end();
  line.right();
  CHECK(line.column() == 3);
}

TEST_CASE("text is cut between characters") {
  CHECK(first_characters("gr\xc3\xbc\xc3\x9f"
                         "e",
                         3) == "gr\xc3\xbc");
  CHECK(first_characters("abc", 9) == "abc");
  CHECK(first_characters("abc", 0).empty());
  CHECK(character_count("gr\xc3\xbc\xc3\x9f"
                        "e") == 5);
}

}  // namespace lodge::demo
