#include "demo/form/page.hpp"

#include <algorithm>
#include <iterator>

namespace lodge::demo {
namespace {

constexpr std::size_t label_width = 12;
constexpr int first_field_row = 2;

std::string cut(std::string_view text, int width) {
  return std::string(first_characters(text, static_cast<std::size_t>(std::max(width, 0))));
}

// Breaks between words; a word wider than the line is broken anywhere.
std::vector<std::string> wrap(std::string_view text, int width) {
  const auto room = static_cast<std::size_t>(std::max(width, 1));
  std::vector<std::string> lines;
  while (character_count(text) > room) {
    std::string_view line = first_characters(text, room);
    if (const auto space = first_characters(text, room + 1).rfind(' ');
        space != std::string_view::npos && space > 0) {
      line = text.substr(0, space);
    }
    lines.emplace_back(line);
    text.remove_prefix(line.size());
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }
  lines.emplace_back(text);
  return lines;
}

}  // namespace

FormPage::FormPage(FormSession& session) : session_(session), values_(form_fields.size()) {
  if (const auto email = session_.last_email()) {
    session_.open(*email);
    focus_ = 1;
    notice_ = "Welcome back: this is what you typed.";
  } else {
    notice_ = "Your e-mail address first, then Enter.";
  }
  load();
}

void FormPage::load() {
  if (!session_.is_open()) return;
  for (std::size_t i = 0; i < form_fields.size(); ++i) {
    values_[i] = TextLine(session_.value(form_fields[i].key));
  }
}

// The address names the record: with another one, it is another person's form.
void FormPage::leave_email() {
  const std::string email = values_[0].text();
  if (session_.is_open() && session_.email() == email) return;
  session_.open(email);
  load();
  notice_ = "The form of " + email + ".";
}

void FormPage::move(int step) {
  if (focus_ == 0) leave_email();
  const auto count = static_cast<int>(form_fields.size());
  focus_ = static_cast<std::size_t>((static_cast<int>(focus_) + step + count) % count);
}

void FormPage::edited() {
  if (focus_ == 0) return;
  notice_.clear();
  session_.set(form_fields[focus_].key, values_[focus_].text());
}

void FormPage::submit() {
  leave_email();
  const Submission submission = session_.submit();
  load();
  notice_ =
      "Filed at " + time_words(submission.submitted_at) + "; it is sent when the network allows.";
}

bool FormPage::edit(const Key& key) {
  TextLine& line = values_[focus_];
  switch (key.kind) {
    case KeyKind::text:
      line.insert(key.text);
      return true;
    case KeyKind::backspace:
      return line.erase_before();
    case KeyKind::erase:
      return line.erase_after();
    case KeyKind::left:
      line.left();
      return false;
    case KeyKind::right:
      line.right();
      return false;
    case KeyKind::home:
      line.home();
      return false;
    case KeyKind::end:
      line.end();
      return false;
    default:
      return false;
  }
}

bool FormPage::press(const Key& key) {
  try {
    switch (key.kind) {
      case KeyKind::quit:
        return false;
      case KeyKind::submit:
        submit();
        return true;
      case KeyKind::enter:
      case KeyKind::tab:
      case KeyKind::down:
        move(1);
        return true;
      case KeyKind::up:
      case KeyKind::back_tab:
        move(-1);
        return true;
      default:
        if (edit(key)) edited();
        return true;
    }
  } catch (const Error& error) {
    notice_ = error.what();
    return true;
  }
}

std::vector<std::string> FormPage::lines(int width, std::string_view status) const {
  std::vector<std::string> lines{cut("When are you available?", width), ""};
  for (std::size_t i = 0; i < form_fields.size(); ++i) {
    std::string label = (i == focus_ ? "> " : "  ") + std::string(form_fields[i].label);
    label.resize(label_width, ' ');
    lines.push_back(cut(label + values_[i].text(), width));
  }
  const auto add = [&](std::vector<std::string> more) {
    lines.insert(lines.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
  };
  add({""});
  add(wrap(notice_, width));
  add({"", cut("F2 or Ctrl-S submits   Ctrl-Q or Esc leaves", width)});
  add(wrap(status, width));
  return lines;
}

FormPage::Position FormPage::cursor(int width) const {
  const auto column = static_cast<int>(label_width + values_[focus_].column());
  return {first_field_row + static_cast<int>(focus_),
          std::clamp(column, 0, std::max(width - 1, 0))};
}

}  // namespace lodge::demo
