// The dependency rule holds, src/README.md says the same, and a planted violation is caught.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include "architecture/rules.hpp"
#include "support/places.hpp"

namespace roundtrip::architecture {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += "\n  " + line;
  return text;
}

TEST(Includes, PointInward) {
  const auto found = violations(ROUNDTRIP_SOURCE_DIR);
  EXPECT_THAT(found, IsEmpty()) << joined(found);
}

TEST(Includes, TheTableOfTheReadmeSaysTheSame) {
  std::ifstream readme(ROUNDTRIP_SOURCE_DIR "/src/README.md");
  ASSERT_TRUE(readme);
  static const std::regex kRow(R"(^\| ((?:`[a-z]+`(?:, )?)+)[^|]*\|[^|]*\| ([^|]*) \|)");
  static const std::regex kName("`([a-z]+)`");
  std::map<std::string, std::string> cells;
  for (std::string line; std::getline(readme, line);) {
    std::smatch row;
    if (!std::regex_search(line, row, kRow)) continue;
    const std::string names = row[1];
    for (std::sregex_iterator name(names.begin(), names.end(), kName), end; name != end; ++name) cells[(*name)[1]] = row[2];
  }
  for (const Room& room : rooms()) {
    ASSERT_TRUE(cells.contains(std::string(room.name))) << "src/README.md has no row for " << room.name;
    EXPECT_EQ(cells[std::string(room.name)], room.in_readme) << room.name;
    cells.erase(std::string(room.name));
  }
  for (const auto& [name, cell] : cells) ADD_FAILURE() << "src/README.md has a row for " << name << ", which has no rule";
}

// A small source tree that is right, into which a test plants what is wrong.
struct PlantedTest : testing::Test {
  fs::path root = fs::path(testing::TempDir()) / ("architecture_" + std::to_string(getpid()));
  PlantedTest() {
    plant("src/main.cpp", "#include \"http/routes.hpp\"\n#include \"store/orders.hpp\"\n#include <CLI/CLI.hpp>\n");
    plant("src/domain/orders.hpp", "#include <vector>\n#include \"base/ids.hpp\"\n");
    plant("src/store/orders.cpp",
          "#include <soci/soci.h>\n#include <nlohmann/json.hpp>\n#include \"store/orders.hpp\"\n#include \"domain/orders.hpp\"\n");
    plant("src/web/desk.cpp", "#include \"http/reply.hpp\"\n#include \"usecases/desk.hpp\"\n");
    plant("carriers/registry.cpp", "#include \"carriers/demo/demo.hpp\"\n#include \"carriers/carrier.hpp\"\n");
  }
  ~PlantedTest() override { fs::remove_all(root); }
  void plant(const std::string& path, const std::string& text) {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text;
  }
};

TEST_F(PlantedTest, ARightTreeHasNoViolation) { EXPECT_THAT(violations(root), IsEmpty()) << joined(violations(root)); }

TEST_F(PlantedTest, EachViolationIsNamedWithItsFile) {
  struct Case {
    std::string path, text, expected;
  };
  const Case cases[] = {
      {"src/domain/bad.cpp", "#include \"store/orders.hpp\"\n", "src/domain/bad.cpp: domain may not include \"store/orders.hpp\""},
      {"src/http/bad.cpp", "#include \"store/orders.hpp\"\n", "src/http/bad.cpp: http may not include \"store/orders.hpp\""},
      {"src/web/bad.cpp", "#include \"http/server.hpp\"\n", "src/web/bad.cpp: web may not include \"http/server.hpp\""},
      {"src/workers/bad.cpp", "  #  include \"http/reply.hpp\"\n", "src/workers/bad.cpp: workers may not include \"http/reply.hpp\""},
      {"src/store/bad.cpp", "#include \"usecases/orders.hpp\"\n", "src/store/bad.cpp: store may not include \"usecases/orders.hpp\""},
      {"src/base/bad.hpp", "#include \"domain/orders.hpp\"\n", "src/base/bad.hpp: base may not include \"domain/orders.hpp\""},
      {"labels/bad.cpp", "#include \"carriers/carrier.hpp\"\n", "labels/bad.cpp: labels may not include \"carriers/carrier.hpp\""},
      {"src/usecases/bad.cpp", "#include \"carriers/demo/demo.hpp\"\n",
       "src/usecases/bad.cpp: includes \"carriers/demo/demo.hpp\", which is private to carriers/ (a path with two slashes)"},
      {"src/main_bad.cpp", "#include \"carriers/demo/demo.hpp\"\n",
       "src/main_bad.cpp: includes \"carriers/demo/demo.hpp\", which is private to carriers/ (a path with two slashes)"},
      {"src/usecases/bad.cpp", "#include <soci/soci.h>\n", "src/usecases/bad.cpp: <soci/soci.h> is not for usecases"},
      {"src/web/bad.cpp", "#include <httplib.h>\n", "src/web/bad.cpp: <httplib.h> is not for web"},
      {"carriers/demo/bad.cpp", "#include <curl/curl.h>\n", "carriers/demo/bad.cpp: <curl/curl.h> is not for carriers"},
      {"src/messages/bad.cpp", "#include <hpdf.h>\n", "src/messages/bad.cpp: <hpdf.h> is not for messages"},
      {"src/domain/bad.cpp", "#include <nlohmann/json.hpp>\n", "src/domain/bad.cpp: no JSON here (domain)"},
      {"src/store/bad.hpp", "#include <nlohmann/json_fwd.hpp>\n", "src/store/bad.hpp: no JSON in headers of store"},
      {"src/usecases/bad.hpp", "#include <nlohmann/json.hpp>\n", "src/usecases/bad.hpp: no JSON here (usecases, a header)"},
      {"src/domain/bad.cpp", "#include <chrono>\n", "src/domain/bad.cpp: domain is pure: no <chrono>"},
      {"src/domain/bad.cpp", "#include <unistd.h>\n", "src/domain/bad.cpp: domain is pure: no <unistd.h>"},
      {"src/usecases/bad.cpp", "#include <boost/asio.hpp>\n",
       "src/usecases/bad.cpp: <boost/asio.hpp> belongs to a library without a home; add it to tests/architecture/rules.cpp"},
      {"src/usecases/bad.cpp", "#include \"helpers.hpp\"\n", "src/usecases/bad.cpp: includes \"helpers.hpp\" without its room's folder"},
      {"src/usecases/bad.cpp", "#include \"util/strings.hpp\"\n",
       "src/usecases/bad.cpp: includes \"util/strings.hpp\", whose folder has no rule"},
      {"src/util/strings.cpp", "#include <string>\n",
       "src/util/strings.cpp: folder util has no rule; give it one in tests/architecture/rules.cpp and src/README.md"},
      {"src/helpers.cpp", "#include <string>\n", "src/helpers.cpp: a file outside a room; only main*.cpp may be here"},
  };
  for (const Case& one : cases) {
    plant(one.path, one.text);
    EXPECT_THAT(violations(root), ElementsAre(one.expected)) << one.text;
    fs::remove(root / one.path);
  }
}

}  // namespace
}  // namespace roundtrip::architecture
