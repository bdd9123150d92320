#include "io/keys.hh"

#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <set>

#include "io/os_error.hh"
#include "io/refusal_error.hh"
#include "tests/support/temp_dir.hh"

namespace titip {
namespace {

namespace fs = std::filesystem;

NodeKeys some_keys() { return {make_curve_pair(), make_signing_pair()}; }

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string read_text(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(KeysTest, RandomNumbersDiffer) {
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random_u64());
  EXPECT_EQ(seen.size(), 1000U);
  EXPECT_FALSE(seen.contains(0));
}

TEST(KeysTest, OneSeedGivesOnePair) {
  CurveKey seed{};
  seed[0] = 7;
  const CurvePair pair = curve_pair_of_seed(seed);
  EXPECT_EQ(pair.public_key, curve_pair_of_seed(seed).public_key);
  EXPECT_EQ(pair.secret_key, curve_pair_of_seed(seed).secret_key);
  seed[0] = 8;
  EXPECT_NE(pair.public_key, curve_pair_of_seed(seed).public_key);
  CurveKey derived{};
  crypto_scalarmult_base(derived.data(), pair.secret_key.data());
  EXPECT_EQ(derived, pair.public_key);
}

TEST(KeysTest, SignatureHoldsForItsMessageOnly) {
  const SigningPair pair = make_signing_pair();
  std::string signature = sign(pair, "a certificate");
  EXPECT_EQ(signature.size(), 64U);
  EXPECT_TRUE(signature_holds(pair.public_key, "a certificate", signature));
  EXPECT_FALSE(signature_holds(pair.public_key, "a certificatE", signature));
  EXPECT_FALSE(signature_holds(make_signing_pair().public_key, "a certificate", signature));
  EXPECT_FALSE(signature_holds(pair.public_key, "a certificate", signature.substr(1)));
  EXPECT_FALSE(signature_holds(pair.public_key, "a certificate", ""));
  signature[3] = static_cast<char>(signature[3] ^ 1);
  EXPECT_FALSE(signature_holds(pair.public_key, "a certificate", signature));
}

TEST(Base64UrlTest, EveryLengthComesBack) {
  std::string bytes;
  for (int length = 0; length < 70; ++length) {
    EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
    bytes.push_back(static_cast<char>(length * 37));
  }
  EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
}

TEST(Base64UrlTest, AnythingElseIsRefused) {
  for (const char* text : {"A", "AAAAA", "AA==", "AA=", "+_8", "A A", "AA\n", "AB", "é"}) {
    EXPECT_EQ(from_base64url(text), std::nullopt) << text;
  }
}

TEST(KeysFileTest, KeysComeBackFromAFileOfTheirOwnerOnly) {
  const TempDir temp;
  const fs::path file = temp.path() / "keys.toml";
  const NodeKeys keys = some_keys();
  save_keys(file, keys);
  const NodeKeys loaded = load_keys(file);
  EXPECT_EQ(loaded.curve.public_key, keys.curve.public_key);
  EXPECT_EQ(loaded.curve.secret_key, keys.curve.secret_key);
  EXPECT_EQ(loaded.signing.public_key, keys.signing.public_key);
  EXPECT_EQ(loaded.signing.secret_key, keys.signing.secret_key);
  struct stat found {};
  ASSERT_EQ(::stat(file.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
}

TEST(KeysFileTest, KeysAreNeverOverwritten) {
  const TempDir temp;
  const fs::path file = temp.path() / "keys.toml";
  save_keys(file, some_keys());
  const std::string before = read_text(file);
  try {
    save_keys(file, some_keys());
    FAIL() << "keys were overwritten";
  } catch (const OsError& error) {
    EXPECT_EQ(error.error_number(), EEXIST);
  }
  EXPECT_EQ(read_text(file), before);
  EXPECT_EQ(std::distance(fs::directory_iterator(temp.path()), fs::directory_iterator()), 1)
      << "secrets were left in another file";
}

TEST(KeysFileTest, MissingFileIsAnErrorOfTheSystem) {
  const TempDir temp;
  EXPECT_THROW((void)load_keys(temp.path() / "keys.toml"), OsError);
}

TEST(KeysFileTest, WrongFileIsRefusedWithoutItsContent) {
  const TempDir temp;
  const fs::path file = temp.path() / "keys.toml";
  std::ofstream(file) << "curve_secret = \"hunter2\"\n";
  try {
    (void)load_keys(file);
    FAIL() << "a wrong file was read";
  } catch (const RefusalError& refused) {
    EXPECT_EQ(refused.refusal().code, Code::bad_config);
    EXPECT_EQ(sentence(refused.refusal(), Language::english).find("hunter2"), std::string::npos);
  }
}

TEST(KeysFileTest, OnlyWhatIsPrintedIsParsed) {
  const std::string text = print_keys(some_keys());
  ASSERT_TRUE(parse_keys(text));
  EXPECT_TRUE(parse_keys("# carried by hand\n\n" + text));
  EXPECT_FALSE(parse_keys(""));
  EXPECT_FALSE(parse_keys(text + text)) << "every name twice";
  EXPECT_FALSE(parse_keys(text + "extra = \"AA\"\n"));
  EXPECT_FALSE(parse_keys(text + "=\n"));
  EXPECT_FALSE(parse_keys(text + "x = \"\n"));
  EXPECT_FALSE(parse_keys(replaced(text, "curve_secret", "curve-secret")));
  EXPECT_FALSE(parse_keys(replaced(text, "curve_secret = \"", "curve_secret = \"AAAA")));
  EXPECT_FALSE(parse_keys(text.substr(0, text.size() - 2))) << "cut short";
  EXPECT_FALSE(parse_keys(text + std::string(5000, '\n'))) << "too long";
}

TEST(KeysFileTest, HalvesThatDoNotBelongTogetherAreRefused) {
  NodeKeys keys = some_keys();
  keys.curve.public_key = make_curve_pair().public_key;
  EXPECT_FALSE(parse_keys(print_keys(keys)));
  keys = some_keys();
  keys.signing.public_key = make_signing_pair().public_key;
  EXPECT_FALSE(parse_keys(print_keys(keys)));
}

TEST(KeysTest, CoreDumpsCanBeForbidden) {
  EXPECT_EXIT(
      {
        forbid_core_dumps();
        rlimit limit{};
        const bool forbidden = ::prctl(PR_GET_DUMPABLE) == 0 &&
                               ::getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0;
        ::_exit(forbidden ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace titip
