// Rules of style that a machine can hold: lines, files, opening sentences, nothing unfinished, nothing of one workplace.
#include <gtest/gtest.h>

#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/places.hpp"

namespace roundtrip::architecture {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t kLongestLine = 140;
constexpr std::size_t kLongestFile = 500;     // lines
constexpr std::size_t kLongestFunction = 50;  // lines

struct File {
  std::string path;  // from the root
  std::vector<std::string> lines;
};

// Every file of the project with one of the extensions (an empty one: the scripts run and test).
std::vector<File> files(const std::vector<std::string>& extensions) {
  std::vector<File> out;
  const fs::path root = ROUNDTRIP_SOURCE_DIR;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator(); ++entry) {
    const std::string name = entry->path().filename().string();
    const bool top = entry.depth() == 0;
    if (entry->is_directory() && (name == ".git" || name == "node_modules" || (top && (name == "build" || name.starts_with("var"))))) {
      entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file() || name.starts_with(".git") ||
        std::find(extensions.begin(), extensions.end(), entry->path().extension().string()) == extensions.end())
      continue;
    File file{fs::relative(entry->path(), root).string(), {}};
    std::ifstream stream(entry->path());
    for (std::string line; std::getline(stream, line);) file.lines.push_back(line);
    out.push_back(std::move(file));
  }
  return out;
}

bool holds(const std::string& line, const std::string& word) { return line.find(word) != std::string::npos; }

// Code points, so that a line in Greek is not longer than it looks.
std::size_t width(const std::string& line) {
  std::size_t count = 0;
  for (const char c : line) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

TEST(Style, LinesFitAScreen) {
  for (const File& file : files({".cpp", ".hpp", ".sh", ".cmake", ".js", ".css"})) {
    for (std::size_t at = 0; at < file.lines.size(); ++at) {
      EXPECT_LE(width(file.lines[at]), kLongestLine) << file.path << ":" << at + 1;
    }
  }
}

TEST(Style, FilesAreShortEnoughToRead) {
  for (const File& file : files({".cpp", ".hpp"})) EXPECT_LE(file.lines.size(), kLongestFile) << file.path;
}

// A function at file level begins with a line that has a parenthesis and ends in "{"; its last line is "}".
TEST(Style, AFunctionFitsAScreen) {
  int functions = 0;
  for (const File& file : files({".cpp"})) {
    if (file.path.starts_with("tests/")) continue;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < file.lines.size(); ++at) {
      const std::string& line = file.lines[at];
      const bool at_margin = !line.empty() && std::isalpha(static_cast<unsigned char>(line[0])) != 0;
      if (at_margin && line.ends_with("{") && holds(line, "(")) begin = at + 1;
      if (begin == 0 || !line.starts_with("}")) continue;
      ++functions;
      EXPECT_LE(at - begin, kLongestFunction) << file.path << ":" << begin;
      begin = 0;
    }
  }
  EXPECT_GT(functions, 300) << "the test does not see functions any more";
}

TEST(Style, AFileOpensWithASentenceThatSaysWhatItIsFor) {
  for (const File& file : files({".cpp", ".hpp"})) {
    ASSERT_FALSE(file.lines.empty()) << file.path;
    EXPECT_TRUE(file.lines.front().starts_with("// ") && file.lines.front().size() > 10) << file.path << ": " << file.lines.front();
  }
  for (const File& file : files({".sql"})) {
    ASSERT_FALSE(file.lines.empty()) << file.path;
    EXPECT_TRUE(file.lines.front().starts_with("-- ")) << file.path << ": " << file.lines.front();
  }
}

TEST(Style, NothingIsLeftUnfinished) {
  static const std::array<std::string, 4> kMarks = {
      "// Place"
      "holder",
      "TO"
      "DO",
      "FIX"
      "ME",
      "XX"
      "X:"};
  for (const File& file : files({".cpp", ".hpp", ".sql", ".sh", ".mustache", ".js", ".toml"})) {
    for (std::size_t at = 0; at < file.lines.size(); ++at) {
      for (const auto& mark : kMarks) EXPECT_FALSE(holds(file.lines[at], mark)) << file.path << ":" << at + 1 << " has " << mark;
    }
  }
}

TEST(Style, NothingNamesTheWorkplaceItWasWrittenAt) {
  static const std::array<std::string, 3> kNames = {
      "/wo"
      "rk/",
      "/ho"
      "me/",
      "/Us"
      "ers/"};
  for (const File& file :
       files({".cpp", ".hpp", ".sql", ".sh", ".md", ".txt", ".toml", ".json", ".mustache", ".js", ".css", ".cmake", ""})) {
    for (std::size_t at = 0; at < file.lines.size(); ++at) {
      for (const auto& name : kNames) EXPECT_FALSE(holds(file.lines[at], name)) << file.path << ":" << at + 1 << " has " << name;
    }
  }
}

TEST(Style, TheGuidesAreShort) {
  const std::pair<std::string, std::size_t> guides[] = {
      {"README.md", 150}, {"src/README.md", 120}, {"migrations/README.md", 40}, {"carriers/README.md", 60}};
  for (const auto& [path, most] : guides) {
    std::ifstream stream(fs::path(ROUNDTRIP_SOURCE_DIR) / path);
    EXPECT_TRUE(stream) << path << " is missing";
    std::size_t count = 0;
    for (std::string line; std::getline(stream, line);) ++count;
    EXPECT_LE(count, most) << path;
  }
}

}  // namespace
}  // namespace roundtrip::architecture
