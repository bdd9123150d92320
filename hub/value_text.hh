#pragma once

// Values and their authors as people read them in lists, in their language.

#include <string>
#include <string_view>

#include "core/event.hh"
#include "core/record_state.hh"
#include "core/refusal.hh"
#include "core/registry.hh"

namespace titip {

class Words {
 public:
  explicit Words(Language language) : indonesian_(language == Language::indonesian) {}
  const char* operator()(const char* indonesian, const char* english) const {
    return indonesian_ ? indonesian : english;
  }
  std::string label(const Label& label, const std::string& otherwise) const {
    const auto& text = indonesian_ ? label.id : label.en;
    return text.empty() ? otherwise : text;
  }

 private:
  bool indonesian_;
};

// A NIK shows its first six and last two digits.
std::string value_text(const FieldRules& field, const FieldValue& value, const Words& words);

// "kader-01, K9404001, 2024-10-15T09:12:00+09:00 (…)"
std::string author_text(const Write& write, const Words& words);

}  // namespace titip
