#include "io/invitation.hh"

#include <gtest/gtest.h>

#include "core/chain.hh"
#include "core/kv.hh"

namespace titip {
namespace {

Invitation sample() {
  Invitation invitation;
  invitation.endpoint = "tcp://hub.example.id:7400";
  invitation.hub_key.fill(1);
  invitation.hub_signing_key.fill(2);
  invitation.seed.fill(3);
  invitation.expires_at = 1'728'951'180'000;
  invitation.kind = FacilityKind::pustu;
  invitation.facility = "PSY-1";
  invitation.name = "Posyandu Melati";
  return invitation;
}

// A link whose check word is right, whatever is in its blob.
std::string link_of(std::string_view host, const std::string& body) {
  const auto hash = blake2b("titip invitation", std::string(host) + "/" + body);
  const std::string word(std::string_view(Key().u64(hash.low)).substr(0, 4));
  return "titip://" + std::string(host) + "/" + to_base64url(body + word);
}

std::string body_of(const Invitation& invitation) {
  const auto link = print_invitation(invitation);
  auto body = from_base64url(link.substr(link.rfind('/') + 1)).value();
  body.resize(body.size() - 4);
  return body;
}

bool refused(std::string_view link) {
  const auto parsed = parse_invitation(link);
  return !parsed && parsed.refusal().code == Code::bad_invitation;
}

TEST(Invitation, ComesBackAsItWasPrinted) {
  for (const char* endpoint :
       {"tcp://hub.example.id:7400", "tcp://10.1.2.3:1", "tcp://[fd00::1]:7400"}) {
    auto invitation = sample();
    invitation.endpoint = endpoint;
    const auto parsed = parse_invitation(print_invitation(invitation));
    ASSERT_TRUE(parsed) << endpoint;
    EXPECT_EQ(parsed->endpoint, endpoint);
    EXPECT_EQ(parsed->hub_key, invitation.hub_key);
    EXPECT_EQ(parsed->hub_signing_key, invitation.hub_signing_key);
    EXPECT_EQ(parsed->seed, invitation.seed);
    EXPECT_EQ(parsed->expires_at, invitation.expires_at);
    EXPECT_EQ(parsed->kind, FacilityKind::pustu);
    EXPECT_EQ(parsed->facility, "PSY-1");
    EXPECT_EQ(parsed->name, "Posyandu Melati");
  }
}

TEST(Invitation, SpaceAroundItIsIgnored) {
  EXPECT_TRUE(parse_invitation(" \t" + print_invitation(sample()) + " \r\n").ok());
}

TEST(Invitation, AnyOneTypingErrorIsNoticed) {
  const auto link = print_invitation(sample());
  for (std::size_t i = 0; i < link.size(); ++i) {
    auto changed = link;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_TRUE(refused(changed)) << "at " << i;
    EXPECT_TRUE(refused(link.substr(0, i))) << "cut at " << i;
  }
  EXPECT_TRUE(refused(link + "A"));
  EXPECT_TRUE(refused(link + "/"));
}

TEST(Invitation, OtherTextsAreRefused) {
  for (const char* text :
       {"", " ", "titip://", "titip:///", "titip://host:1", "titip://host:1/", "http://x/y",
        "titip://host:1/AAAA", "titip://host:1/====", "TITIP://host:1/AAAA"}) {
    EXPECT_TRUE(refused(text)) << text;
  }
}

// Logs and status show all three.
TEST(Invitation, OneThatHoldsANikIsRefused) {
  const std::string nik = "9404015708950001";
  for (auto set : {+[](Invitation&one, const std::string&text) { one.name = "Pos " + text; },
                   +[](Invitation&one, const std::string&text) { one.facility = text; },
                   +[](Invitation&one, const std::string&text) {
                     one.endpoint = "tcp://" + text + ":7400";
                   }}) {
    auto invitation = sample();
    set(invitation, nik);
    EXPECT_TRUE(refused(print_invitation(invitation)));
    set(invitation, nik.substr(1));
    EXPECT_FALSE(refused(print_invitation(invitation)));
  }
}

TEST(Invitation, AForgedBlobIsReadSafely) {
  constexpr std::size_t expires = 1 + 32 + 32 + 32;
  const auto body = body_of(sample());
  EXPECT_FALSE(refused(link_of("host:1", body)));
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_TRUE(refused(link_of("host:1", body.substr(0, size)))) << size;
  }
  EXPECT_TRUE(refused(link_of("host:1", body + "x")));
  const auto with = [&](std::size_t at, char byte) {
    auto changed = body;
    changed[at] = byte;
    return link_of("host:1", changed);
  };
  EXPECT_TRUE(refused(with(0, 2))) << "another format";
  EXPECT_TRUE(refused(with(expires, '\x7f'))) << "a time whose milliseconds overflow";
  EXPECT_TRUE(refused(with(expires + 8, 0))) << "no such kind";
  EXPECT_TRUE(refused(with(expires + 8, 5))) << "no such kind";
  EXPECT_TRUE(refused(with(expires + 9, '\xff'))) << "a facility longer than the rest";
}

}  // namespace
}  // namespace titip
