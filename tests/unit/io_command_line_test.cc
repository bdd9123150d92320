#include "io/command_line.hh"

#include <gtest/gtest.h>

namespace titip {
namespace {

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The shapes of titip-hub's and titip-agent's commands.
class CommandLineTest : public testing::Test {
 protected:
  CommandLineTest() {
    auto& invite = line_.command("invite", "Invite a device to this hub");
    add_common_options(invite, common_);
    invite.option("--facility", facility_, "CODE", "The facility's code", Need::required)
        .option("--name", name_, "NAME", "The facility's name", Need::required)
        .choice("--kind", kind_, {"posyandu", "pustu", "puskesmas", "district"}, "Its kind",
                Need::required)
        .option("--area", area_, "CODE", "The area it serves")
        .flag("--qr", qr_, "Show the invitation as a QR code, too")
        .runs([this] { return ran("invite"); });
    auto& put = line_.command("put", "Save events, one JSON object a line");
    add_common_options(put, common_);
    put.positional("FILE", file_, "The file, or - for standard input").runs([this] {
      return ran("put");
    });
    auto& status = line_.command("status", "Show how far everything has come");
    add_common_options(status, common_);
    status.runs([this] { return ran("status"); });
    auto& events = line_.command("events", "Print events");
    add_common_options(events, common_);
    events.option("--after", after_, "N", "Only those after this offset")
        .option("--type", types_, "TYPE", "Only this record type")
        .runs([this] { return ran("events"); });
    auto& resolve = line_.command("resolve", "Settle a conflict");
    add_common_options(resolve, common_);
    resolve.positional("ID", id_, "The record", Need::required)
        .positional("FIELD=VALUE", values_, "What is right", Need::required)
        .runs([this] { return ran("resolve"); });
    auto& keys = line_.command("keys", "Keep the hub's keys safe");
    auto& backup = keys.command("backup", "Write the store to a file");
    backup.positional("FILE", file_, "Where to", Need::required).runs([this] {
      return ran("keys backup");
    });
  }

  std::optional<int> parse(std::vector<const char*> words) {
    words.insert(words.begin(), "titip-hub");
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    const auto ended = line_.parse(static_cast<int>(words.size()), words.data());
    error_ = testing::internal::GetCapturedStderr();
    output_ = testing::internal::GetCapturedStdout();
    return ended;
  }
  // What a usage error says, after checking that it is one.
  std::string usage_error(const std::vector<const char*>& words) {
    EXPECT_EQ(parse(words), 2);
    EXPECT_EQ(output_, "");
    return error_;
  }
  int ran(const std::string& what) {
    ran_ = what;
    return 0;
  }

  CommandLine line_{"titip-hub", "The hub of a Puskesmas", "0.1.0"};
  CommonOptions common_;
  std::string facility_, name_, kind_, area_, file_, id_, ran_;
  std::vector<std::string> types_, values_;
  std::optional<std::uint64_t> after_;
  bool qr_ = false;
  std::string error_, output_;
};

TEST_F(CommandLineTest, OptionsFillTheirVariables) {
  EXPECT_EQ(parse({"invite", "--data", "/srv/titip", "--facility", "P-1", "--name=Posyandu Melati",
                   "--kind", "posyandu", "--qr"}),
            std::nullopt);
  EXPECT_EQ(line_.run_chosen(common_), 0);
  EXPECT_EQ(ran_, "invite");
  EXPECT_EQ(common_.data, "/srv/titip");
  EXPECT_EQ(facility_, "P-1");
  EXPECT_EQ(name_, "Posyandu Melati");
  EXPECT_EQ(kind_, "posyandu");
  EXPECT_TRUE(qr_);
  EXPECT_EQ(area_, "");
  EXPECT_FALSE(common_.json);
}

TEST_F(CommandLineTest, FileMayBeLeftOutOrBeADash) {
  EXPECT_EQ(parse({"put", "--json"}), std::nullopt);
  EXPECT_EQ(file_, "");
  EXPECT_TRUE(common_.json);
  EXPECT_EQ(parse({"put", "-"}), std::nullopt);
  EXPECT_EQ(file_, "-");
}

TEST_F(CommandLineTest, FileNamedLikeACommandIsAFile) {
  EXPECT_EQ(parse({"put", "status"}), std::nullopt);
  EXPECT_EQ(file_, "status");
  EXPECT_EQ(line_.run_chosen(common_), 0);
  EXPECT_EQ(ran_, "put");
}

TEST_F(CommandLineTest, NumbersAndListsAreTyped) {
  EXPECT_EQ(
      parse({"events", "--after", "18446744073709551615", "--type", "Person", "--type", "[a,b]"}),
      std::nullopt);
  EXPECT_EQ(after_, 18446744073709551615U);
  EXPECT_EQ(types_, (std::vector<std::string>{"Person", "[a,b]"}));
}

TEST_F(CommandLineTest, ArgumentsThatFollowAreCollected) {
  EXPECT_EQ(parse({"resolve", "00ff", "name=Siti", "sex=female"}), std::nullopt);
  EXPECT_EQ(id_, "00ff");
  EXPECT_EQ(values_, (std::vector<std::string>{"name=Siti", "sex=female"}));
}

TEST_F(CommandLineTest, CommandsMayHaveCommands) {
  EXPECT_EQ(parse({"keys", "backup", "out.titip"}), std::nullopt);
  EXPECT_EQ(line_.run_chosen(common_), 0);
  EXPECT_EQ(ran_, "keys backup");
  EXPECT_EQ(file_, "out.titip");
  EXPECT_TRUE(holds(usage_error({"keys"}), "titip-hub keys --help"));
}

TEST_F(CommandLineTest, MissingOptionIsNamed) {
  const auto error = usage_error({"invite", "--facility", "P-1", "--kind", "pustu"});
  EXPECT_EQ(error, "--name is missing. See: titip-hub invite --help\n");
  EXPECT_EQ(usage_error({"resolve", "00ff"}),
            "FIELD=VALUE is missing. See: titip-hub resolve --help\n");
}

TEST_F(CommandLineTest, UsageErrorsSpeakTheLanguageAndTheFormAskedFor) {
  EXPECT_EQ(usage_error({"invite", "--lang", "id", "--kind", "pustu", "--name", "x"}),
            "--facility belum ditulis. Lihat: titip-hub invite --help\n");
  EXPECT_EQ(usage_error({"put", "--lang=en", "--json", "--frobnicate"}),
            R"({"code":"bad_option","field":"--frobnicate",)"
            R"("message":"There is no option --frobnicate here. See: titip-hub put --help"})"
            "\n");
}

TEST_F(CommandLineTest, UnknownThingsAreRefused) {
  EXPECT_TRUE(
      holds(usage_error({"put", "--frobnicate=3201014506900001"}), "no option --frobnicate here"));
  EXPECT_TRUE(holds(usage_error({"put", "a", "b"}), "an argument too many"));
  EXPECT_TRUE(holds(usage_error({"dance"}), "no such command"));
  EXPECT_TRUE(holds(usage_error({}), "A command is missing"));
  EXPECT_TRUE(holds(usage_error({"put", "status", "status"}), "an argument too many"));
}

TEST_F(CommandLineTest, WrongValuesAreRefused) {
  EXPECT_TRUE(holds(usage_error({"events", "--after", "12x"}), "--after must be a whole number"));
  EXPECT_TRUE(holds(usage_error({"events", "--after", "-1"}), "--after must be a whole number"));
  EXPECT_TRUE(holds(usage_error({"events", "--after"}), "--after needs exactly one value"));
  EXPECT_TRUE(
      holds(usage_error({"put", "--data", "a", "--data", "b"}), "--data needs exactly one"));
  EXPECT_TRUE(holds(usage_error({"invite", "--facility", "f", "--name", "n", "--kind", "hospital"}),
                    "--kind must be one of: posyandu pustu puskesmas district"));
  EXPECT_TRUE(holds(usage_error({"put", "--json=yes"}), "--json takes no value"));
  EXPECT_TRUE(holds(usage_error({"put", "--lang", "fr"}), "--lang must be one of: id en"));
}

TEST_F(CommandLineTest, NoUsageErrorRepeatsAValue) {
  const char* nik = "3201014506900001";
  const std::vector<std::vector<const char*>> wrong{
      {"put", nik, nik},
      {"put", "a", "-3201014506900001"},
      {nik},
      {"events", "--after", "x3201014506900001"},
      {"put", "--data", nik, "--data", nik},
      {"put", "--json=3201014506900001"},
      {"invite", "--facility", nik, "--name", nik, "--kind", nik}};
  for (const auto& words : wrong) EXPECT_FALSE(holds(usage_error(words), nik)) << words.back();
}

TEST_F(CommandLineTest, HelpAndVersionEndWithZero) {
  EXPECT_EQ(parse({"--version"}), 0);
  EXPECT_EQ(output_, "titip-hub 0.1.0\n");
  EXPECT_EQ(parse({"--help"}), 0);
  EXPECT_TRUE(holds(output_, "invite"));
  EXPECT_EQ(parse({"invite", "--help"}), 0);
  EXPECT_TRUE(holds(output_, "Usage: titip-hub invite [OPTIONS]"));
  EXPECT_TRUE(holds(output_, "--kind posyandu|pustu|puskesmas|district (required)"));
  EXPECT_EQ(parse({"keys", "backup", "-h"}), 0);
  EXPECT_TRUE(holds(output_, "Usage: titip-hub keys backup [OPTIONS] FILE"));
  EXPECT_EQ(error_, "");
}

}  // namespace
}  // namespace titip
