#include "io/command_line.hh"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <deque>
#include <iostream>
#include <string_view>

#include "io/usage_error.hh"

namespace titip {

namespace {

constexpr std::size_t help_column = 32;

// CLI11 sorts the words; the values are read afterwards, so that every error names an option of
// ours and none repeats a value.
struct Parameter {
  std::string name;
  CLI::Option* option = nullptr;
  std::function<std::optional<UsageError>(const std::vector<std::string>&)> take;
  bool flag = false;
};

std::optional<std::uint64_t> whole_number(const std::string& text) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

std::string join(const std::vector<std::string>& words, char between) {
  std::string joined;
  for (const auto& word : words) joined += (joined.empty() ? "" : std::string(1, between)) + word;
  return joined;
}

// Anything else that was typed may be a value, and is not repeated.
bool looks_like_an_option(const std::string& name) {
  constexpr std::string_view letters = "-abcdefghijklmnopqrstuvwxyz";
  return name.size() > 1 && name.front() == '-' &&
         name.find_first_not_of(letters) == std::string::npos;
}

class CliCommand : public Command {
 public:
  explicit CliCommand(CLI::App& app) : app_(app) {
    app_.allow_extras();            // named by us
    app_.require_subcommand(0, 1);  // so that a file called "status" is no command
    app_.set_help_flag("-h,--help", "Show this help");
    app_.get_formatter()->column_width(help_column);
    app_.get_formatter()->label("REQUIRED", "(required)");
    app_.get_formatter()->label("SUBCOMMAND", "COMMAND");
    app_.get_formatter()->label("Positionals", "Arguments");
  }

  Command& option(const std::string& name, std::string& into, const std::string& value,
                  const std::string& help, Need need) override {
    return add(name, value, help, need, take_text(into));
  }
  Command& option(const std::string& name, std::optional<std::uint64_t>& into,
                  const std::string& value, const std::string& help, Need need) override {
    return add(name, value, help, need, [name, &into](const auto& texts) {
      into = whole_number(texts.front());
      return into ? std::nullopt : std::optional(UsageError{Usage::not_a_number, name, {}});
    });
  }
  Command& option(const std::string& name, std::vector<std::string>& into, const std::string& value,
                  const std::string& help, Need need) override {
    add(name, value, help, need, take_texts(into));
    parameters_.back().option->take_all();
    return *this;
  }
  Command& choice(const std::string& name, std::string& into,
                  const std::vector<std::string>& choices, const std::string& help,
                  Need need) override {
    return add(name, join(choices, '|'), help, need, [name, choices, &into](const auto& texts) {
      into = texts.front();
      const bool known = std::ranges::find(choices, into) != choices.end();
      return known ? std::nullopt
                   : std::optional(UsageError{Usage::no_such_choice, name, join(choices, ' ')});
    });
  }
  Command& flag(const std::string& name, bool& into, const std::string& help) override {
    auto* option = app_.add_flag(name, into, help)->disable_flag_override();
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    parameters_.push_back({name, option, take_nothing, true});
    return *this;
  }
  Command& positional(const std::string& name, std::string& into, const std::string& help,
                      Need need) override {
    return add(name, {}, help, need, take_text(into));
  }
  Command& positional(const std::string& name, std::vector<std::string>& into,
                      const std::string& help, Need need) override {
    add(name, {}, help, need, take_texts(into));
    parameters_.back().option->take_all()->expected(1, -1)->allow_extra_args();
    return *this;
  }
  Command& command(const std::string& name, const std::string& help) override {
    return children_.emplace_back(*app_.add_subcommand(name, help)->group("Commands"));
  }
  Command& runs(std::function<int()> action) override {
    action_ = std::move(action);
    return *this;
  }

  const CliCommand& chosen() const {
    const auto child =
        std::ranges::find_if(children_, [](const auto& c) { return c.app_.parsed(); });
    return child == children_.end() ? *this : child->chosen();
  }
  std::string path() const {
    const auto* parent = app_.get_parent();
    std::string name = app_.get_name();
    for (; parent != nullptr; parent = parent->get_parent()) name = parent->get_name() + " " + name;
    return name;
  }
  const std::function<int()>& action() const { return action_; }

  // What is wrong with the words that CLI11 sorted; `thrown` is what it said itself, if it did.
  std::optional<UsageError> judge(const CLI::ParseError* thrown) const;

 private:
  using Take = decltype(Parameter::take);

  static std::optional<UsageError> take_nothing(const std::vector<std::string>&) {
    return std::nullopt;
  }
  static Take take_text(std::string& into) {
    return [&into](const auto& texts) {
      into = texts.front();
      return std::optional<UsageError>();
    };
  }
  static Take take_texts(std::vector<std::string>& into) {
    return [&into](const auto& texts) {
      into = texts;
      return std::optional<UsageError>();
    };
  }
  Command& add(const std::string& name, const std::string& value, const std::string& help,
               Need need, Take take) {
    auto* option = app_.add_option(
        name, [](const CLI::results_t&) { return true; }, help);
    option->type_name(value)->required(need == Need::required);
    parameters_.push_back({name, option, std::move(take), false});
    return *this;
  }

  CLI::App& app_;
  std::vector<Parameter> parameters_;
  std::deque<CliCommand> children_;  // whose addresses stay
  std::function<int()> action_;
};

std::optional<UsageError> CliCommand::judge(const CLI::ParseError* thrown) const {
  const auto* top = &app_;
  while (top->get_parent() != nullptr) top = top->get_parent();
  for (const auto& word : top->remaining(true)) {
    const auto name = word.substr(0, word.find('='));
    if (looks_like_an_option(name)) return UsageError{Usage::no_such_option, name, {}};
    return UsageError{children_.empty() ? Usage::too_many : Usage::no_such_command, {}, {}};
  }
  const bool missing =
      thrown == nullptr || dynamic_cast<const CLI::RequiredError*>(thrown) != nullptr;
  if (!missing) {
    const std::string_view said = thrown->what();
    for (const auto& parameter : parameters_) {
      const std::string name = parameter.option->get_name();
      const auto bare =
          std::string_view(name).substr(std::min(name.find_first_not_of('-'), name.size()));
      if (said.starts_with(name) || said.starts_with(bare)) {
        return UsageError{
            parameter.flag ? Usage::takes_no_value : Usage::needs_one_value, parameter.name, {}};
      }
    }
    return UsageError{Usage::unreadable, {}, {}};
  }
  if (!children_.empty() && !action_) return UsageError{Usage::no_command, {}, {}};
  for (const auto& parameter : parameters_) {
    const auto& texts = parameter.option->results();
    if (texts.empty() && parameter.option->get_required()) {
      return UsageError{Usage::missing, parameter.name, {}};
    }
    if (texts.empty()) continue;
    if (auto error = parameter.take(texts)) return error;
  }
  return std::nullopt;
}

}  // namespace

void add_common_options(Command& command, CommonOptions& into) {
  command.option("--data", into.data, "DIR", "The data directory; else TITIP_DATA");
  command.choice("--lang", into.lang, {"id", "en"}, "The language of messages; else LANG");
  command.flag("--json", into.json, "Answer as JSON, for programs");
}

struct CommandLine::Impl {
  CLI::App app;
  CliCommand top;
  const CliCommand* chosen = nullptr;

  Impl(std::string program, std::string description, const std::string& version)
      : app(std::move(description), program), top(app) {
    app.set_version_flag("--version", program + " " + version, "Show the version");
  }
};

CommandLine::CommandLine(std::string program, std::string description, std::string version)
    : impl_(std::make_unique<Impl>(std::move(program), std::move(description), version)) {}

CommandLine::~CommandLine() = default;

Command& CommandLine::command(const std::string& name, const std::string& help) {
  return impl_->top.command(name, help);
}

std::optional<int> CommandLine::parse(int argc, const char* const* argv) {
  std::optional<UsageError> error;
  try {
    impl_->app.parse(argc, argv);
    impl_->chosen = &impl_->top.chosen();
    error = impl_->chosen->judge(nullptr);
  } catch (const CLI::Success& success) {  // --help, --version
    return impl_->app.exit(success, std::cout, std::cerr);
  } catch (const CLI::ParseError& thrown) {
    impl_->chosen = &impl_->top.chosen();
    error = impl_->chosen->judge(&thrown);
    if (!error) error = UsageError{Usage::unreadable, {}, {}};
  }
  if (!error) return std::nullopt;
  const std::vector<std::string_view> words(argv, argv + argc);
  return report_usage_error(*error, impl_->chosen->path(), words);
}

int CommandLine::run_chosen(const CommonOptions& common) {
  check(impl_->chosen != nullptr && impl_->chosen->action(), "a command that does nothing");
  return run_guarded(choose_language(common.lang, process_environment), common.json,
                     impl_->chosen->action());
}

int CommandLine::parse_and_run(int argc, const char* const* argv, const CommonOptions& common) {
  const auto ended = parse(argc, argv);
  return ended ? *ended : run_chosen(common);
}

}  // namespace titip
