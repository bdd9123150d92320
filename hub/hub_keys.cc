#include "hub/hub_keys.hh"

#include <cerrno>

#include "core/print_json.hh"
#include "hub/hub_node.hh"
#include "io/data_dir.hh"
#include "io/os_error.hh"
#include "io/refusal_error.hh"

namespace titip {

namespace fs = std::filesystem;

NodeKeys read_keys(const fs::path& file) {
  std::error_code error;
  const auto found = fs::status(file, error);
  if (found.type() == fs::file_type::not_found) {
    throw RefusalError({Code::no_file, {}, {file.string()}});
  }
  if (found.type() != fs::file_type::regular && found.type() != fs::file_type::none) {
    throw RefusalError({Code::bad_keys, {}, {file.string()}});
  }
  try {
    return load_keys(file);
  } catch (const RefusalError&) {
    throw RefusalError({Code::bad_keys, {}, {file.string()}});
  }
}

bool place_keys(const fs::path& data, const NodeKeys& keys, const fs::path& file) {
  const auto own = keys_file(data);
  if (!fs::exists(own)) {
    save_keys(own, keys);
    return true;
  }
  const auto there = read_keys(own);
  if (there.curve.public_key != keys.curve.public_key ||
      there.signing.public_key != keys.signing.public_key) {
    throw RefusalError({Code::other_keys, {}, {file.string(), own.string()}});
  }
  return false;
}

int hub_export_keys(const CommandContext& command, const std::string& file) {
  const fs::path path(file);
  const auto node = HubNode::open(command.data, Access::read, command.config);
  const auto directory = fs::absolute(path).parent_path();
  if (std::error_code error; !fs::exists(directory, error) && !error) {
    throw RefusalError({Code::no_file, {}, {directory.string()}});
  }
  try {
    save_keys(path, node.keys());
  } catch (const OsError& error) {
    if (error.error_number() != EEXIST) throw;
    throw RefusalError({Code::file_exists, {}, {file}});
  }
  if (command.json) {
    JsonWriter out;
    out.begin_object().key("file").text(file).end_object();
    print_line(out.take());
    return 0;
  }
  print_line(command.language == Language::indonesian
                 ? "Kunci hub ini tersimpan di " + file +
                       ". PERHATIAN: siapa pun yang memegang berkas ini dapat menjadi hub ini. "
                       "Simpan terkunci, jauh dari komputer ini, dan jangan kirim lewat jaringan."
                 : "The keys of this hub are in " + file +
                       ". WARNING: whoever has this file is this hub. Keep it locked away, far "
                       "from this machine, and do not send it over a network.");
  return 0;
}

}  // namespace titip
