#pragma once

// One JSON text, checked and laid flat: what intake walks instead of a document of allocated
// values. Keys may repeat here; who walks an object refuses that, because it must know every key
// anyway.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/refusal.hh"

namespace titip {

enum class JsonKind : std::uint8_t { null, boolean, number, text, array, object };

// The views point into the text that was read, or into the tree's own store of unescaped strings.
struct JsonNode {
  std::string_view key;   // of a member of an object
  std::string_view text;  // the string; a number, `true` or `false` as written
  std::size_t end = 0;    // index after the last node inside this one
  JsonKind kind = JsonKind::null;
};

class JsonTree {
 public:
  // The tree must not outlive `text`. Refuses what is not valid UTF-8, not JSON (RFC 8259), longer
  // than limits::event_json_bytes_max or deeper than limits::json_depth_max.
  static Result<JsonTree> read(std::string_view text);

  const JsonNode& root() const { return nodes_.front(); }

  // visit(node) → bool for each member or element, in order; stops and returns false once one does.
  template <typename Visit>
  bool each(const JsonNode& parent, Visit visit) const {
    std::size_t at = index(parent) + 1;
    while (at < parent.end) {
      if (!visit(nodes_[at])) return false;
      at = nodes_[at].end;
    }
    return true;
  }

  bool empty(const JsonNode& parent) const { return parent.end == index(parent) + 1; }

 private:
  friend class JsonTreeBuilder;

  std::size_t index(const JsonNode& node) const {
    return static_cast<std::size_t>(&node - nodes_.data());
  }

  std::vector<JsonNode> nodes_;  // in the order of the text
  std::vector<char>
      unescaped_;  // strings that held escapes; moving a vector keeps its bytes in place
};

}  // namespace titip
