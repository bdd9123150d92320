#include "io/data_dir.hh"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>

#include "io/os_error.hh"
#include "tests/support/temp_dir.hh"

namespace titip {
namespace {

unsigned mode_of(const std::filesystem::path& path) {
  struct stat found {};
  EXPECT_EQ(::stat(path.c_str(), &found), 0);
  return found.st_mode & 07777;
}

TEST(DataDirTest, IsMadeForItsOwnerOnly) {
  const TempDir temp;
  make_data_dir(temp.path() / "var" / "titip");
  EXPECT_EQ(mode_of(temp.path() / "var" / "titip"), 0700U);
}

TEST(DataDirTest, LooserModeIsTightened) {
  const TempDir temp;
  const auto directory = temp.path() / "data";
  std::filesystem::create_directory(directory);
  ASSERT_EQ(::chmod(directory.c_str(), 0755), 0);
  make_data_dir(directory);
  EXPECT_EQ(mode_of(directory), 0700U);
}

TEST(DataDirTest, RelativeAndTrailingSlashAreUnderstood) {
  const TempDir temp;
  make_data_dir(temp.path().string() + "/data/");
  EXPECT_EQ(mode_of(temp.path() / "data"), 0700U);
}

TEST(DataDirTest, FileInItsPlaceIsAnError) {
  const TempDir temp;
  std::ofstream(temp.path() / "data") << "x";
  try {
    make_data_dir(temp.path() / "data");
    FAIL() << "a file was taken for a directory";
  } catch (const OsError& error) {
    EXPECT_EQ(error.error_number(), ENOTDIR);
    EXPECT_EQ(error.call(), "mkdir");
  }
}

TEST(WriterLockTest, SecondWriterIsRefusedUntilTheFirstEnds) {
  const TempDir temp;
  auto first = WriterLock::try_take(temp.path());
  ASSERT_TRUE(first);
  EXPECT_FALSE(WriterLock::try_take(temp.path()));
  first.reset();
  EXPECT_TRUE(WriterLock::try_take(temp.path()));
}

TEST(WriterLockTest, MovedLockIsStillHeld) {
  const TempDir temp;
  auto first = WriterLock::try_take(temp.path());
  const WriterLock second = std::move(*first);
  first.reset();
  EXPECT_FALSE(WriterLock::try_take(temp.path()));
}

TEST(WriterLockTest, MissingDirectoryIsAnErrorThatNamesTheCall) {
  const TempDir temp;
  try {
    (void)WriterLock::try_take(temp.path() / "nowhere");
    FAIL() << "a lock was taken in no directory";
  } catch (const OsError& error) {
    EXPECT_EQ(error.call(), "open");
    EXPECT_EQ(error.error_number(), ENOENT);
    EXPECT_NE(std::string(error.what()).find("nowhere"), std::string::npos);
  }
}

}  // namespace
}  // namespace titip
