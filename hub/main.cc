// titip-hub: only wires options to commands.

#include "core/version.hh"
#include "hub/backup.hh"
#include "hub/commands.hh"
#include "hub/daemon.hh"
#include "hub/feed.hh"
#include "hub/hub_keys.hh"
#include "hub/recover.hh"
#include "hub/rehearse.hh"
#include "hub/review.hh"
#include "io/keys.hh"
#include "io/node_options.hh"

namespace {

using namespace titip;

struct Options : NodeOptions {
  HubSetup setup{{}, {}, {}, "Asia/Jayapura", false};
  InviteRequest invitation;
  bool qr = false;
  std::string file;
  std::string keys;
  bool off_machine = false;
  bool all = false;
  std::string type;
  std::string node;
  std::string id;
  std::string facility;
  std::optional<std::uint64_t> after;
  std::optional<std::uint64_t> limit;
  bool follow = false;
  ConflictsRequest conflicts;
  ResolveRequest resolve;
  RehearseRequest rehearse;
};

using AddCommand = std::function<Command&(const std::string& name, const std::string& help)>;

void add_setup_commands(Options& options, const AddCommand& add) {
  add("init", "make the hub of a Puskesmas")
      .option("--facility", options.setup.facility, "CODE", "its facility code", Need::required)
      .option("--name", options.setup.name, "NAME", "its name", Need::required)
      .option("--area", options.setup.area, "CODE", "its area, a Kemendagri code")
      .option("--zone", options.setup.zone, "ZONE", "its time zone; else Asia/Jayapura")
      .option("--listen", options.flags.listen, "ENDPOINT",
              "where it listens; else tcp://0.0.0.0:7400")
      .option("--public", options.flags.public_endpoint, "ENDPOINT", "where devices reach it")
      .option("--keys", options.keys, "FILE",
              "of a hub whose disk is lost, as 'keys export' wrote them")
      .flag("--rebuild", options.setup.rebuild,
            "in place of a hub that is lost with its keys: send nothing down until 'proceed'")
      .runs([&] { return hub_init(context_of(options), options.setup, options.keys); });
  add_daemon_options(add("run", "receive from the posts, until it is told to end"),
                     "127.0.0.1:7401", options)
      .option("--listen", options.flags.listen, "ENDPOINT",
              "where it listens; else tcp://0.0.0.0:7400")
      .option("--public", options.flags.public_endpoint, "ENDPOINT", "where devices reach it")
      .runs([&] { return run_daemon(options, run_hub); });
  add("invite", "print a titip:// link that admits one device within 24 hours")
      .option("--facility", options.invitation.facility, "CODE", "of the device", Need::required)
      .option("--name", options.invitation.name, "NAME", "of the facility or device",
              Need::required)
      .choice("--kind", options.invitation.kind, {"posyandu", "pustu", "puskesmas", "district"},
              "of the facility", Need::required)
      .option("--area", options.invitation.area, "CODE", "the facility's area")
      .option("--types", options.invitation.types, "TYPE,TYPE",
              "of a district: all that it may have; else every record type")
      .option("--areas", options.invitation.areas, "CODE,CODE",
              "of a district: where what it may have lies; else everywhere")
      .flag("--withhold-identifying", options.invitation.withhold_identifying,
            "of a district: leave out what identifies a person")
      .option("--public", options.flags.public_endpoint, "ENDPOINT", "where devices reach this hub")
      .flag("--qr", options.qr, "also print it as a QR code")
      .runs([&] { return hub_invite(context_of(options), options.invitation, options.qr); });
  add("revoke", "take nothing more from a device, for good")
      .positional("NODE", options.node, "its node as 'nodes --json' prints it, or its facility",
                  Need::required)
      .runs([&] { return hub_revoke(context_of(options), options.node); });
}

void add_feed_command(const std::string& name, const std::string& help, StreamKind feed,
                      Options& options, const AddCommand& add) {
  add(name, help)
      .option("--after", options.after, "N", "begin after this offset or position")
      .option("--limit", options.limit, "N", "print at most so many")
      .flag("--follow", options.follow, "go on with each new one; the hub must be running")
      .runs([&options, feed] {
        return hub_feed(context_of(options),
                        {feed, options.after.value_or(0), options.limit, options.follow});
      });
}

void add_reading_commands(Options& options, const AddCommand& add) {
  add("get", "print one record")
      .positional("TYPE", options.type, "its record type", Need::required)
      .positional("ID", options.id, "its id, 16 hex digits", Need::required)
      .runs([&] { return hub_get(context_of(options), options.type, options.id); });
  add("list", "print every record of a type")
      .positional("TYPE", options.type, "the record type", Need::required)
      .runs([&] { return hub_list(context_of(options), options.type); });
  add("stock", "say what is left of each item: the sum of its movements")
      .option("--facility", options.facility, "CODE", "of this facility; else of all")
      .runs([&] { return hub_stock(context_of(options), options.facility); });
  add("nodes", "list the devices and how far each is").runs([&] {
    return hub_nodes(context_of(options));
  });
  add("status", "say what the hub holds").runs([&] { return hub_status(context_of(options)); });
  add_feed_command("events", "print the journal, one event a line", StreamKind::hub_journal,
                   options, add);
  add_feed_command("changes", "print what changed, the latest state of a record a line",
                   StreamKind::hub_changes, options, add);
  add("verify", "read every value and follow the journal's chain").runs([&] {
    return hub_verify(context_of(options));
  });
}

void add_review_commands(Options& options, const AddCommand& add) {
  add("conflicts", "list the records that a person must decide about, oldest first")
      .flag("--all", options.conflicts.all, "also those where a rule has chosen")
      .option("--type", options.conflicts.type, "TYPE", "only of this record type")
      .runs([&] { return hub_conflicts(context_of(options), options.conflicts); });
  auto& asked = options.resolve;
  add("resolve", "decide about a record that 'conflicts' lists")
      .positional("ID", asked.id, "of the record, 16 hex digits", Need::required)
      .option("--take", asked.take, "N",
              "the value with this number; FIELD:N for each of several fields")
      .option("--set", asked.set, "FIELD=VALUE", "another value; nothing after = empties the field")
      .option("--same", asked.same, "ID", "it is one and the same as this record")
      .option("--apart", asked.apart, "ID", "it is another than this record")
      .option("--seen", asked.seen, "VERSION", "what you saw, as 'conflicts' printed it",
              Need::required)
      .option("--type", asked.type, "TYPE", "of the record, where several types have this id")
      .option("--note", asked.note, "TEXT", "why; it stays with the decision")
      .option("--by", asked.by, "NAME", "who decides")
      .runs([&] { return hub_resolve(context_of(options), asked); });
  add("rehearse", "list the records that would show something else under another policy")
      .option("--policy", options.rehearse.policies, "TYPE.field=POLICY",
              "later, authority, max, min or review; may be given several times", Need::required)
      .option("--since", options.rehearse.since, "DATE", "only records that changed since that day")
      .runs([&] { return hub_rehearse(context_of(options), options.rehearse); });
}

void add_disaster_commands(Options& options, const AddCommand& add, CommandLine& line) {
  auto& exports = line.command("keys", "keep the hub's keys elsewhere")
                      .command("export",
                               "write the hub's keys to a new file; whoever has it is "
                               "this hub");
  add_common_options(exports, options.common);
  exports.option("--config", options.config_file, "FILE", "settings; else DIR/config.toml")
      .positional("FILE", options.file, "the new file", Need::required)
      .runs([&] { return hub_export_keys(context_of(options), options.file); });
  add("backup", "write everything but the keys to one file, also while the hub runs")
      .positional("FILE", options.file, "the new file", Need::required)
      .flag("--off-machine", options.off_machine,
            "FILE is on something that survives this machine: devices may rely on it")
      .runs([&] { return hub_backup(context_of(options), options.file, options.off_machine); });
  add("restore", "make the data directory again from a backup")
      .positional("FILE", options.file, "as 'backup' wrote it", Need::required)
      .option("--keys", options.keys, "FILE",
              "as 'keys export' wrote them; else the keys.toml that is there")
      .runs([&] { return hub_restore(context_of(options), options.file, options.keys); });
  add("proceed", "send changes down again, though districts have not handed back all").runs([&] {
    return hub_proceed(context_of(options));
  });
  add("confirm", "send changes to a device that a hub made anew knows by its certificate alone")
      .positional("NODE", options.node, "its node as 'nodes --json' prints it, or its facility")
      .flag("--all", options.all, "every device that waits")
      .runs([&] { return hub_confirm(context_of(options), options.node, options.all); });
}

}  // namespace

int main(int argc, char** argv) {
  forbid_core_dumps();
  Options options;
  CommandLine line("titip-hub", "Receives, settles and passes on what the health posts record.",
                   std::string(software_version));
  const AddCommand add = [&](const std::string& name, const std::string& help) -> Command& {
    return add_node_command(line, name, help, options);
  };
  add_setup_commands(options, add);
  add("put", "save events, one JSON object a line; durable when it returns")
      .positional("FILE", options.file, "the events; else standard input")
      .runs([&] { return hub_put(context_of(options), options.file); });
  add_reading_commands(options, add);
  add_review_commands(options, add);
  add_disaster_commands(options, add, line);
  return line.parse_and_run(argc, argv, options.common);
}
