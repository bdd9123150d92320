// Boost.JSON's ready parser keeps the last of two equal keys, reads 1e400 as infinity and 2^64 as a
// double. Its basic_parser hands over what was written, and we decide.

#include "core/json_tree.hh"

#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <functional>
#include <limits>

#include "core/limits.hh"
#include "core/text_check.hh"

namespace titip {

namespace json = boost::json;

class JsonTreeBuilder {
 public:
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_object_size = max_array_size;
  static constexpr std::size_t max_string_size = max_array_size;
  static constexpr std::size_t max_key_size = max_array_size;

  JsonTreeBuilder(JsonTree& tree, std::string_view text) : tree_(tree), text_(text) {
    tree_.nodes_.reserve(nodes_usual);
  }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return open(JsonKind::object); }
  bool on_object_end(std::size_t, json::error_code&) { return close(); }
  bool on_array_begin(json::error_code&) { return open(JsonKind::array); }
  bool on_array_end(std::size_t, json::error_code&) { return close(); }

  bool on_key_part(json::string_view part, std::size_t, json::error_code&) { return keep(part); }
  bool on_key(json::string_view last, std::size_t size, json::error_code&) {
    key_ = whole(last, size);
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) { return keep(part); }
  bool on_string(json::string_view last, std::size_t size, json::error_code&) {
    return leaf(JsonKind::text, whole(last, size));
  }

  // The whole text is given at once, so a number never comes in parts.
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view text, json::error_code&) { return number(text); }
  bool on_uint64(std::uint64_t, json::string_view text, json::error_code&) { return number(text); }
  bool on_double(double, json::string_view text, json::error_code&) { return number(text); }
  bool on_bool(bool value, json::error_code&) {
    return leaf(JsonKind::boolean, value ? "true" : "false");
  }
  bool on_null(json::error_code&) { return leaf(JsonKind::null, {}); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  static constexpr std::size_t nodes_usual = 32;  // most events have fewer members

  bool leaf(JsonKind kind, std::string_view text) {
    tree_.nodes_.push_back({key_, text, tree_.nodes_.size() + 1, kind});
    key_ = {};
    return true;
  }

  bool number(json::string_view text) { return leaf(JsonKind::number, {text.data(), text.size()}); }

  bool open(JsonKind kind) {
    check(depth_ < open_.size(), "the parser went deeper than it was told to");
    open_[depth_++] = tree_.nodes_.size();
    return leaf(kind, {});
  }

  bool close() {
    tree_.nodes_[open_[--depth_]].end = tree_.nodes_.size();
    return true;
  }

  // Unescaped strings are never longer than the text, so reserving that much once keeps the views
  // valid.
  bool keep(json::string_view part) {
    if (tree_.unescaped_.capacity() == 0) tree_.unescaped_.reserve(text_.size());
    tree_.unescaped_.insert(tree_.unescaped_.end(), part.begin(), part.end());
    return true;
  }

  // A string without escapes comes in one part that points into the text itself; any other may come
  // from the parser's own buffer, which does not last.
  std::string_view whole(json::string_view last, std::size_t size) {
    const std::less<const char*> before;
    const bool in_text =
        !before(last.data(), text_.data()) && before(last.data(), text_.data() + text_.size());
    if (in_text && size == last.size()) return {last.data(), last.size()};
    keep(last);
    return {tree_.unescaped_.data() + tree_.unescaped_.size() - size, size};
  }

  JsonTree& tree_;
  std::string_view text_;
  std::string_view key_;
  std::array<std::size_t, limits::json_depth_max>
      open_{};  // indexes of the open objects and arrays
  std::size_t depth_ = 0;
};

Result<JsonTree> JsonTree::read(std::string_view text) {
  if (text.size() > limits::event_json_bytes_max) {
    return Refusal{Code::too_long, {}, {std::to_string(limits::event_json_bytes_max)}};
  }
  if (!valid_utf8(text)) return Refusal{Code::not_utf8, {}, {}};
  JsonTree tree;
  json::parse_options options;
  options.max_depth = limits::json_depth_max;
  json::basic_parser<JsonTreeBuilder> parser(options, tree, text);
  json::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (error == json::error::too_deep) {
    return Refusal{Code::too_deep, {}, {std::to_string(limits::json_depth_max)}};
  }
  if (error || read != text.size()) return Refusal{Code::not_json, {}, {}};
  return tree;
}

}  // namespace titip
