#include "storage/store_model.hpp"

#include <algorithm>

namespace lodge::storage::test {
namespace {

bool waits(State state) { return state == State::pending || state == State::unconfirmed; }

bool is_same_form(const StoreModel::StoredDraft& stored, const Draft& draft,
                  const std::string& text) {
  return stored.id == draft.id && (stored.revision == draft.revision ||
                                   stored.session == draft.session || stored.text == text);
}

}  // namespace

std::optional<std::size_t> StoreModel::find(const SubmissionId& id) const {
  const auto found = std::ranges::find(forms, id, &Form::id);
  if (found == forms.end()) return std::nullopt;
  return static_cast<std::size_t>(found - forms.begin());
}

StoreModel::Answer StoreModel::save(const Slot& slot, const Draft& draft, const std::string& text,
                                    const SubmissionId& fresh) {
  const auto stored = drafts.find(slot);
  if (const auto submitted = find(draft.id)) {
    if (forms[*submitted].text == text) return std::nullopt;
    if (stored != drafts.end()) return Errc::stale_draft;
    drafts[slot] = {fresh, 1, draft.session, text};
    return std::nullopt;
  }
  if (stored == drafts.end()) {
    drafts[slot] = {draft.id, 1, draft.session, text};
    return std::nullopt;
  }
  StoredDraft& row = stored->second;
  if (!is_same_form(row, draft, text)) return Errc::stale_draft;
  if (row.text == text) return std::nullopt;
  row = {row.id, row.revision + 1, draft.session, text};
  return std::nullopt;
}

StoreModel::Answer StoreModel::submit(const Slot& slot, const Draft& draft,
                                      const std::string& text) {
  if (const auto made = find(draft.id)) {
    if (forms[*made].text == text) return std::nullopt;
    return Errc::already_submitted;
  }
  const auto stored = drafts.find(slot);
  if (stored != drafts.end() && !is_same_form(stored->second, draft, text)) {
    return Errc::stale_draft;
  }
  if (draft.amends) {
    const std::size_t amended = *find(*draft.amends);
    const State state = forms[amended].state;
    if (state == State::sending || state == State::unconfirmed) return Errc::maybe_received;
    if (stored != drafts.end()) drafts.erase(stored);
    if (is_final(state)) {
      add(draft.id, slot.first, text);
    } else {
      replace(amended, draft.id, text);
    }
    return std::nullopt;
  }
  if (stored != drafts.end()) drafts.erase(stored);
  add(draft.id, slot.first, text);
  return std::nullopt;
}

StoreModel::Answer StoreModel::discard(const SubmissionId& id) {
  const auto erased = std::erase_if(drafts, [&](const auto& one) { return one.second.id == id; });
  if (erased != 0) return std::nullopt;
  return find(id) ? Errc::wrong_state : Errc::not_found;
}

void StoreModel::remove(const SubmissionId& id, const std::string& key) { add(id, key, ""); }

StoreModel::Answer StoreModel::withdraw(std::size_t form, bool with_followers, bool accept) {
  if (is_final(forms[form].state)) return Errc::wrong_state;
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < forms.size(); ++i) {
    const bool later = forms[i].key == forms[form].key && !is_final(forms[i].state) &&
                       forms[i].place >= forms[form].place;
    if (later) all.push_back(i);
  }
  if (all.size() > 1 && !with_followers) return Errc::has_followers;
  for (const std::size_t i : all) {
    const bool maybe = forms[i].state == State::sending || forms[i].state == State::unconfirmed;
    if (maybe && !accept) return Errc::maybe_received;
  }
  for (const std::size_t i : all) forms[i].state = State::withdrawn;
  return std::nullopt;
}

bool StoreModel::retry(std::size_t form) {
  if (forms[form].state != State::rejected) return false;
  forms[form].state = forms[form].in_doubt ? State::unconfirmed : State::pending;
  return true;
}

StoreModel::Answer StoreModel::resolve(std::size_t form, bool theirs, const SubmissionId& fresh,
                                       const std::string& text) {
  if (forms[form].state != State::conflicted) return Errc::wrong_state;
  if (theirs) {
    forms[form].state = State::withdrawn;
  } else {
    replace(form, fresh, text);
  }
  return std::nullopt;
}

bool StoreModel::may_claim(std::size_t form) const {
  return waits(forms[form].state) && is_head(form) && !is_on_the_wire(forms[form].key);
}

void StoreModel::claimed(std::size_t form, std::int64_t attempt, bool first_request) {
  forms[form].state = State::sending;
  if (first_request) forms[form].request = 1;
  sent.push_back({attempt, form, forms[form].request, true});
}

void StoreModel::settled(std::size_t which, State state, bool next_request) {
  Sent& answer = sent[which];
  Form& form = forms[answer.form];
  const bool owns = answer.open && form.state == State::sending;
  const bool may_take = !owns && !answer.open && may_claim(answer.form);
  answer.open = false;
  if (owns) {
    form.state = state;
    form.in_doubt = state == State::unconfirmed;
    if (next_request) ++form.request;
  } else if (may_take && state == State::delivered) {
    const bool newest = answer.request == form.request;
    form.state = newest ? State::delivered : State::unconfirmed;
    form.in_doubt = !newest;
  }
}

void StoreModel::begin_epoch() {
  for (Sent& one : sent) {
    if (!one.open) continue;
    one.open = false;
    Form& form = forms[one.form];
    if (form.state != State::sending) continue;
    form.state = State::unconfirmed;
    form.in_doubt = true;
  }
}

std::set<SubmissionId> StoreModel::due() const {
  std::set<SubmissionId> found;
  for (std::size_t i = 0; i < forms.size(); ++i) {
    if (may_claim(i)) found.insert(forms[i].id);
  }
  return found;
}

std::size_t StoreModel::add(const SubmissionId& id, const std::string& key,
                            const std::string& text) {
  forms.push_back({.id = id, .key = key, .text = text, .place = ++places_[key]});
  return forms.size() - 1;
}

void StoreModel::replace(std::size_t form, const SubmissionId& id, const std::string& text) {
  forms[form].state = State::replaced;
  forms.push_back({.id = id, .key = forms[form].key, .text = text, .place = forms[form].place});
}

bool StoreModel::is_head(std::size_t form) const {
  return std::ranges::none_of(forms, [&](const Form& other) {
    return other.key == forms[form].key && !is_final(other.state) &&
           other.place < forms[form].place;
  });
}

bool StoreModel::is_on_the_wire(const std::string& key) const {
  return std::ranges::any_of(
      sent, [&](const Sent& one) { return one.open && forms[one.form].key == key; });
}

}  // namespace lodge::storage::test
