// Addresses against the expected results of OpenCage's address-formatting (MIT), read at run time: the order of the parts that an order
// has.
#include "labels/address.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

namespace roundtrip::labels {
namespace {

struct Case {
  std::map<std::string, std::string> parts;
  std::vector<std::string> expected;
};

std::string trimmed(std::string text) {
  const auto from = text.find_first_not_of(" \t\r"), to = text.find_last_not_of(" \t\r");
  text = from == std::string::npos ? "" : text.substr(from, to - from + 1);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
    text = text.substr(1, text.size() - 2);
  return text;
}

// The little YAML of these files: documents of "components:" with indented pairs and "expected: |" with indented lines.
std::vector<Case> cases_of(const std::filesystem::path& path) {
  std::vector<Case> out;
  std::ifstream file(path);
  std::string where;
  for (std::string line; std::getline(file, line);) {
    const bool indented = !line.empty() && (line[0] == ' ' || line[0] == '\t');
    if (line.starts_with("---")) {
      out.emplace_back();
      where.clear();
    } else if (!indented && line.find(':') != std::string::npos) {
      where = line.substr(0, line.find(':'));
    } else if (indented && !out.empty() && where == "components" && line.find(':') != std::string::npos && trimmed(line)[0] != '#') {
      const auto colon = line.find(':');
      out.back().parts[trimmed(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
    } else if (indented && !out.empty() && where == "expected" && !trimmed(line).empty()) {
      out.back().expected.push_back(trimmed(line));
    }
  }
  std::erase_if(out, [](const Case& one) { return one.expected.empty(); });
  return out;
}

std::string squeezed(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' && c != '-') out += c;
  }
  return out;
}

// Where the line writes that value, as it writes it: "30100" is shown by "301 00 Plzeň". Empty: it does not.
std::string written_in(const std::string& line, const std::string& value) {
  if (line.find(value) != std::string::npos) return value;
  const std::string wanted = squeezed(value);
  if (wanted.size() < 3 || wanted.find_first_of("0123456789") == std::string::npos) return "";
  for (std::size_t from = 0; from < line.size(); ++from) {
    for (std::size_t length = wanted.size() + 1; length <= wanted.size() + 2 && from + length <= line.size(); ++length) {
      const std::string part = line.substr(from, length);
      if (part.front() != ' ' && part.back() != ' ' && squeezed(part) == wanted) return part;
    }
  }
  return "";
}

// The value of the first of these components that the expected lines show, as they show it.
std::string shown(const Case& one, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    const auto at = one.parts.find(name);
    if (at == one.parts.end() || at->second.size() < 2) continue;  // one letter is in every line
    for (const auto& line : one.expected) {
      if (const auto written = written_in(line, at->second); !written.empty()) return written;
    }
  }
  return "";
}

// The place of the address: what stands beside the postcode, else the first of the usual parts that is shown.
std::string city_in(const Case& one, const std::string& postal_code) {
  static const std::vector<std::string> kUsual = {"city", "town", "village", "municipality", "hamlet", "county"};
  for (const char* name : {"city", "town", "village", "municipality", "hamlet", "suburb", "city_district", "place", "locality", "county"}) {
    const auto at = one.parts.find(name);
    if (at == one.parts.end() || postal_code.empty()) continue;
    for (const auto& line : one.expected) {
      const auto code = line.find(postal_code);
      if (code != std::string::npos && line.find(at->second) != std::string::npos) return at->second;
    }
  }
  return shown(one, kUsual);
}

// Is this line a house's name or a road, whatever else it names?
bool is_street(const Case& one, const std::string& line) {
  for (const char* name : {"road", "house", "building", "amenity", "attention", "pedestrian", "path"}) {
    const auto at = one.parts.find(name);
    if (at != one.parts.end() && !at->second.empty() && line.find(at->second) != std::string::npos) return true;
  }
  static const std::set<std::string> kPlaces = {"city",      "town",     "village",       "municipality",   "hamlet",
                                                "county",    "state",    "state_code",    "state_district", "island",
                                                "region",    "postcode", "county_code",   "country",        "country_code",
                                                "continent", "suburb",   "city_district", "place",          "locality"};
  return std::any_of(one.parts.begin(), one.parts.end(),
                     [&](const auto& part) { return !kPlaces.contains(part.first) && part.second == line; });
}

// "CA" of "Palo Alto, CA 94303": shops have the code where the files have the state's name.
std::string state_code_in(const Case& one, const PostalAddress& address) {
  if (!one.parts.contains("state") && !one.parts.contains("county")) return "";
  for (const std::string& line : one.expected) {
    if (address.city.empty() || line.find(address.city) == std::string::npos) continue;
    std::string rest = line;
    rest.erase(rest.find(address.city), address.city.size());
    if (const auto at = rest.find(address.postal_code); at != std::string::npos) rest.erase(at, address.postal_code.size());
    std::string code;
    for (const char c : rest) {
      if (c >= 'A' && c <= 'Z') code += c;
    }
    const bool alone = rest.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ ,-") == std::string::npos;
    if (alone && code.size() >= 2 && code.size() <= 3) return code;
  }
  return "";
}

// What a shop would have for this address: city, region and postcode by name; the lines that hold none of them are the street's.
PostalAddress address_of(const Case& one) {
  PostalAddress out;
  if (const auto at = one.parts.find("country_code"); at != one.parts.end()) out.country = at->second;
  std::transform(out.country.begin(), out.country.end(), out.country.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  out.postal_code = shown(one, {"postcode"});
  out.city = city_in(one, out.postal_code);
  out.region = shown(one, {"state_code", "state", "state_district", "island", "region", "county"});
  if (out.region == out.city) out.region = shown(one, {"island"});
  if (const std::string code = state_code_in(one, out); !code.empty()) out.region = code;
  std::vector<std::string> street;
  for (std::size_t i = 0; i + 1 < one.expected.size(); ++i) {
    const std::string& line = one.expected[i];
    const bool of_place = (!out.city.empty() && line.find(out.city) != std::string::npos) ||
                          (!out.postal_code.empty() && line.find(out.postal_code) != std::string::npos) ||
                          (!out.region.empty() && line == out.region);
    if (!of_place || is_street(one, line)) street.push_back(line);
  }
  for (std::size_t i = 0; i < street.size(); ++i) (i + 1 < street.size() || street.size() == 1 ? out.line1 : out.line2) = street[i];
  if (street.size() > 2) out.name = street.front();  // a house or an organization
  return out;
}

TEST(AddressFormats, AgreeWithTheExpectedResultsOfTheWorld) {
  const char* data = std::getenv("ROUNDTRIP_TEST_DATA");
  const auto folder = std::filesystem::path(data != nullptr ? data : "") / "address-formatting" / "testcases" / "countries";
  if (data == nullptr || !std::filesystem::is_directory(folder)) GTEST_SKIP() << "needs address-formatting in ROUNDTRIP_TEST_DATA";
  int all = 0, equal = 0;
  std::set<std::string> countries;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    for (const Case& one : cases_of(entry.path())) {
      ++all;
      const PostalAddress address = address_of(one);
      auto lines = place_lines(address);
      if (!lines.empty() && !address.country.empty()) lines.pop_back();  // we write the country in English capitals
      std::vector<std::string> wanted(one.expected.begin(), one.expected.end() - 1);
      if (!address.name.empty()) wanted.erase(wanted.begin());
      if (lines == wanted) {
        ++equal;
        countries.insert(address.country);
      } else if (std::getenv("SHOW") != nullptr) {
        std::string text = entry.path().filename().string() + ": ";
        for (const auto& line : lines) text += line + " / ";
        text += " instead of ";
        for (const auto& line : wanted) text += line + " / ";
        puts(text.c_str());
      }
    }
  }
  RecordProperty("equal", equal);
  RecordProperty("all", all);
  printf("%d of %d expected addresses, in %zu countries\n", equal, all, countries.size());
  EXPECT_GE(all, 400);
  EXPECT_GE(equal, 378);
}

TEST(AddressFormats, WriteWhatIsThereAndNoMarksBesideWhatIsNot) {
  PostalAddress a{"Ana", "", "1 Main St", "", "Boston", "MA", "02110", "US", ""};
  EXPECT_EQ(place_lines(a), (std::vector<std::string>{"1 Main St", "Boston, MA 02110", "UNITED STATES"}));
  a.region.clear();
  EXPECT_EQ(place_lines(a)[1], "Boston 02110");
  a.city.clear();
  EXPECT_EQ(place_lines(a)[1], "02110");
  a.region = "MA";
  EXPECT_EQ(place_lines(a)[1], "MA 02110");
  EXPECT_EQ(place_lines({"", "", "Rua A 1", "", "São Paulo", "SP", "01000-000", "BR", ""})[1], "São Paulo - SP");
  EXPECT_EQ(place_lines({"", "", "Silom Road 1", "", "Bangkok", "Bangkok", "10500", "TH", ""})[1], "Bangkok 10500");
  EXPECT_EQ(place_lines({"", "", "Main Street 1", "", "Clifden", "County Galway", "H71 XY12", "IE", ""}),
            (std::vector<std::string>{"Main Street 1", "Clifden", "County Galway", "H71 XY12", "IRELAND"}));
  EXPECT_EQ(place_lines({"", "", "東山1-2", "", "京都市", "京都府", "600-0000", "JP", ""}),
            (std::vector<std::string>{"〒600-0000", "京都府京都市東山1-2", "JAPAN"}));
  EXPECT_EQ(place_lines({"", "", "Street 1", "", "City", "Region", "1", "QQ", ""}).at(2), "Region");
}

}  // namespace
}  // namespace roundtrip::labels
