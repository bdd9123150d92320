#include "io/command_result.hh"

#include <boost/json.hpp>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <system_error>

#include "io/refusal_error.hh"
#include "io/store.hh"

namespace titip {

namespace {

constexpr int exit_environment = 3;

Code code_of(int error_number) {
  switch (error_number) {
    case EACCES:
    case EPERM:
    case EROFS: return Code::no_permission;
    case ENOSPC:
    case EDQUOT: return Code::disk_full;
    case ENOENT:
    case ENOTDIR: return Code::no_store;
    case EADDRINUSE: return Code::address_in_use;
    case ECONNREFUSED:
    case ECONNRESET:
    case EPIPE:
    case ETIMEDOUT: return Code::daemon_unreachable;
    default: return Code::io_failed;
  }
}

}  // namespace

Language choose_language(std::string_view lang, const Environment& environment) {
  std::string_view name = lang;
  if (name.empty()) {
    const char* variable = environment("LANG");
    if (variable != nullptr) name = variable;
  }
  return name.starts_with("id") ? Language::indonesian : Language::english;
}

Result<std::filesystem::path> choose_data_directory(const std::string& data,
                                                    const Environment& environment) {
  if (!data.empty()) return std::filesystem::path(data);
  const char* variable = environment("TITIP_DATA");
  if (variable != nullptr && *variable != '\0') return std::filesystem::path(variable);
  return Refusal{Code::bad_option, "--data", {"--data DIR, TITIP_DATA=DIR"}};
}

const char* process_environment(const char* name) { return std::getenv(name); }

int fail(const Refusal& refusal, Language language, bool json) {
  auto text = sentence(refusal, language);
  if (json) {
    boost::json::object object;
    object["code"] = code_name(refusal.code);
    if (!refusal.field.empty()) object["field"] = refusal.field;
    object["message"] = text;
    text = boost::json::serialize(object);
  }
  std::fprintf(stderr, "%s\n", text.c_str());
  return exit_code(refusal.code);
}

Refusal refusal_of(const OsError& error) {
  const auto code = code_of(error.error_number());
  return {code, {}, {code == Code::io_failed ? error.what() : error.subject()}};
}

int run_guarded(Language language, bool json, const std::function<int()>& body) {
  Refusal refusal{Code::io_failed, {}, {}};
  try {
    return body();
  } catch (const RefusalError& error) {
    return fail(error.refusal(), language, json);
  } catch (const OsError& error) {
    refusal = refusal_of(error);
  } catch (const StoreDamaged& error) {
    refusal = {Code::damaged, {}, {error.what()}};
  } catch (const StoreFull& full) {
    refusal.code = full.what == StoreFull::What::disk ? Code::disk_full : Code::map_full;
  } catch (const std::bad_alloc&) {
    refusal = refusal_of(OsError("allocate", "memory", ENOMEM));
  } catch (const std::system_error& error) {
    refusal = refusal_of(OsError("system", {}, error.code().value()));
  } catch (const std::exception&) {
    // Its text may hold what a person typed.
  }
  fail(refusal, language, json);
  return exit_environment;
}

}  // namespace titip
