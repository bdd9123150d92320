// titip-district: only wires options to commands.

#include "core/version.hh"
#include "district/commands.hh"
#include "district/daemon.hh"
#include "district/tail.hh"
#include "io/keys.hh"
#include "io/node_options.hh"

namespace {

using namespace titip;

struct Options : NodeOptions {
  std::string argument;  // INVITE or TYPE
  std::string id;
  std::string hub;
  std::string facility;
  bool replace = false;
  TailRequest tail;
};

}  // namespace

int main(int argc, char** argv) {
  forbid_core_dumps();
  Options options;
  options.foreign_keys = {"hub"};
  CommandLine line("titip-district", "Keeps what the hubs of a district hold, and passes it on.",
                   std::string(software_version));
  const auto add = [&](const std::string& name, const std::string& help) -> Command& {
    return add_node_command(line, name, help, options);
  };
  const std::string hub_help = "facility code of the hub, where there are several";
  add("join", "accept a hub's invitation, a titip:// link; once for each hub")
      .positional("INVITE", options.argument, "the link", Need::required)
      .flag("--replace", options.replace,
            "a hub is gone for good: give what is held of it to this new one")
      .option("--hub", options.hub, "FACILITY", "with --replace: which, where there are several")
      .runs([&] {
        const auto replaces = options.replace ? std::optional(options.hub) : std::nullopt;
        return district_join(context_of(options), options.argument, replaces);
      });
  add_daemon_options(add("run", "receive from every hub, until it is told to end"),
                     "127.0.0.1:7420", options)
      .runs([&] { return run_daemon(options, run_district); });
  add("tail", "print what is new since the last time, one JSON object a line")
      .choice("--feed", options.tail.feed, {"events", "changes"}, "else events")
      .option("--hub", options.tail.hub, "FACILITY", "of this hub only; else of all")
      .option("--after", options.tail.after, "N",
              "begin after this offset or position, and remember nothing")
      .flag("--follow", options.tail.follow, "go on with each new one")
      .runs([&] { return district_tail(context_of(options), options.tail); });
  add("status", "say what is held of each hub").runs([&] {
    return district_status(context_of(options));
  });
  add("get", "print one record")
      .positional("TYPE", options.argument, "its record type", Need::required)
      .positional("ID", options.id, "its id, 16 hex digits", Need::required)
      .option("--hub", options.hub, "FACILITY", hub_help)
      .runs([&] {
        return district_get(context_of(options), options.hub, options.argument, options.id);
      });
  add("list", "print every record of a type")
      .positional("TYPE", options.argument, "the record type", Need::required)
      .option("--hub", options.hub, "FACILITY", hub_help)
      .runs([&] { return district_list(context_of(options), options.hub, options.argument); });
  add("stock", "say what is left of each item: the sum of its movements")
      .option("--facility", options.facility, "CODE", "of this facility; else of all")
      .option("--hub", options.hub, "FACILITY", hub_help)
      .runs([&] { return district_stock(context_of(options), options.hub, options.facility); });
  return line.parse_and_run(argc, argv, options.common);
}
