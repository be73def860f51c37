// Files of described carriers: faults are refused with line, key and the nearest word; folders are loaded whole or not at all.
#include <unistd.h>

#include <filesystem>

#include "carriers/identify.hpp"
#include "described.hpp"
#include "support/places.hpp"

namespace roundtrip::carriers::test {
namespace {

std::string refusal_of(const std::string& toml) {
  const auto carrier = described_carrier(toml, "bike_post.toml");
  return carrier ? "" : carrier.error().message;
}

TEST(DescribedFiles, WhatIsNeededIsLittle) {
  const auto carrier = described(minimal());
  EXPECT_EQ(carrier->name(), "bike_post");
  EXPECT_EQ(carrier->title(), "Bike Post");
  ASSERT_EQ(carrier->apis().size(), 1U);
  EXPECT_FALSE(carrier->apis().front().request);
  EXPECT_FALSE(carrier->is_number("1"));
}

struct Wrong {
  std::string toml;
  std::string says;
};

TEST(DescribedFiles, FaultsAreNamedWithLineAndKey) {
  const Wrong table[] = {
      {"name = ", "bike_post.toml:1: "},
      {minimal("plce = \"/x\"\n"), "bike_post.toml:11: events.plce is no key that is known here; did you mean 'place'?"},
      {minimal("", "titel = \"x\"\n"), "bike_post.toml:4: titel is no key that is known here; did you mean 'title'?"},
      {"title = \"x\"\n", "name is missing"},
      {minimal("", "numbers_per_call = \"5\"\n"), "bike_post.toml:4: numbers_per_call must be a whole number from 1 to 1000"},
      {minimal("", "numbers = [\"#{3\"]\n"), "bike_post.toml:4: numbers '#{3' is no shape"},
      {minimal("", "numbers = [7]\n"), "bike_post.toml:4: numbers must be a text or a list of texts"},
      {minimal("", "[request]\npath = \"/a/{numbr}\"\n"), "request.path has '{numbr}', which stands for nothing; did you mean 'number'?"},
      {minimal("", "[request]\npath = \"/a\"\n"), "must have {number} or {numbers}"},
      {minimal("", "[request]\npath = \"a/{number}\"\n"), "request.path must begin with '/'"},
      {minimal("", "numbers_per_call = 2\n[request]\npath = \"/a/{number}\"\n"), "must have {numbers}: numbers_per_call is more than one"},
      {minimal("", "[request]\nmethod = \"PSOT\"\npath = \"/a/{number}\"\n"), "none of GET, POST; did you mean 'POST'?"},
      {minimal("", "[request]\npath = \"/{number}\"\nheaders = { X = \"a\\nb\" }\n"), "request.headers.X must be one line of text"},
      {minimal("", "[auth]\nkind = \"baisc\"\n"), "auth.kind is 'baisc', which is none of"},
      {minimal("", "[auth]\nkind = \"header\"\nheader = \"X: 1\"\n"), "auth.header must be the name of a header"},
      {minimal("", "[auth]\nkind = \"header\"\n"), "auth.header is missing"},
      {minimal("", "[auth]\nkind = \"oauth2\"\ntoken_url = \"t\"\n"), "auth.token_url must be a path"},
      {minimal("place = \"city\"\n"), "events.place 'city' is no JSON pointer"},
      {minimal("place = \"/a~2\"\n"), "'~' must be '~0'"},
      {minimal("[events.time]\nformat = \"iso\"\n"), "events.time.at or `date`"},
      {minimal("[events.time]\nat = \"/a\"\nformat = \"isso\"\n"), "did you mean 'iso'?"},
      {minimal("[events.time]\nat = \"/a\"\nzone = \"Europe/Lisbonne\"\n"), "events.time.zone must be a zone of the IANA database"},
      {minimal("[events.time]\nat = \"/a\"\nin_country = \"XX\"\n"), "events.time.in_country must be two letters of ISO 3166-1"},
      {minimal("[codes]\nA = \"deliverd\"\n"),
       "bike_post.toml:12: codes.A 'deliverd' is no status that a carrier can tell; did you mean 'delivered'?"},
      {minimal("[codes]\nA = \"expired\"\n"), "'expired' is no status that a carrier can tell"},
      {minimal("[codes]\nA = { status = \"exception\", reason = \"weather_dely\" }\n"), "did you mean 'weather_delay'?"},
      {minimal("[codes]\nA = { status = \"exception\", physicl = true }\n"),
       "codes.A.physicl is no key that is known here; did you mean 'physical'?"},
      {minimal("[codes]\nA = 7\n"), "codes.A must be text in quotes"},
      {minimal("[[errors]]\nat = \"/error\"\n"), "errors.kind is missing"},
      {minimal("[[errors]]\nkind = \"auth\"\n"), "errors.at or `status`"},
      {minimal("[[errors]]\nat = \"/error\"\nkind = \"notfound\"\n"), "did you mean 'not_found'?"},
      {minimal("[[errors]]\nat = \"/error\"\nkind = \"auth\"\nkinds = { A = \"oops\" }\n"), "errors.kinds.A is 'oops'"},
      {minimal("[[errors]]\nstatus = [99]\nkind = \"auth\"\n"), "errors.status must hold whole numbers from 100 to 599"},
      {minimal("[[events.return_leg]]\nis = \"x\"\n"), "events.return_leg.at is missing"},
      {minimal("[countries]\nA = \"Portugal\"\n"), "countries.A must be two letters"},
      {minimal("[headline]\ntext = \"/t\"\n"), "headline.code is missing"},
  };
  for (const auto& [toml, says] : table) {
    const auto said = refusal_of(toml);
    EXPECT_NE(said.find(says), std::string::npos) << says << "\nbut it said: " << said << "\nof:\n" << toml;
  }
  auto xml = minimal("place = \"a[\"\n");
  xml.replace(xml.find("\"json\""), 6, "\"xml\"");
  EXPECT_NE(refusal_of(xml).find("'a[' is no XPath"), std::string::npos) << refusal_of(xml);
  auto base = minimal();
  base.replace(base.find("https://bike.example"), 20, "bike.example");
  EXPECT_NE(refusal_of(base).find("bike_post.toml:3: base_url must begin with https://"), std::string::npos) << refusal_of(base);
}

TEST(DescribedFiles, EveryFaultIsListedInTheOrderOfTheLines) {
  const auto said = refusal_of(minimal("plce = \"/x\"\n[codes]\nA = \"deliverd\"\n", "titel = 1\n"));
  const auto first = said.find(":4: "), second = said.find(":12: "), third = said.find(":14: ");
  EXPECT_LT(first, second) << said;
  EXPECT_LT(second, third) << said;
  EXPECT_NE(third, std::string::npos) << said;
}

struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("described_" + std::to_string(::getpid()) + "_" + next());
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  static std::string next() {
    static int count = 0;
    return std::to_string(++count);
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path / name) << text; }
};
std::string named(const std::string& name, const std::string& more = "") {
  auto toml = minimal(more, "numbers = [\"ZZZ#{4}\"]\n");
  toml.replace(toml.find("bike_post"), 9, name);
  return toml;
}

TEST(DescribedFiles, AFolderIsAddedToTheRegistry) {
  const Folder folder;
  folder.write("test_alpha.toml", named("test_alpha"));
  folder.write("notes.txt", "not a carrier");
  const auto added = add_described_carriers(folder.path.string());
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_EQ(*added, std::vector<std::string>{"test_alpha"});
  const auto* carrier = find_carrier("test_alpha");
  ASSERT_NE(carrier, nullptr);
  EXPECT_EQ(carrier_of_number("zzz 1234"), carrier);
  const auto candidates = identify("zzz-1234");
  ASSERT_EQ(candidates.size(), 1U);
  EXPECT_EQ(candidates.front().carrier, "test_alpha");
  EXPECT_FALSE(candidates.front().checked);
  EXPECT_TRUE(add_described_carriers(folder.path.string())) << "again is the same";
  EXPECT_EQ(find_carrier("test_alpha"), carrier);
}

TEST(DescribedFiles, OneFaultAndNothingOfTheFolderIsAdded) {
  const Folder folder;
  folder.write("test_beta.toml", named("test_beta"));
  folder.write("test_gamma.toml", named("test_gamma", "plce = 1\n"));
  const auto refused = add_described_carriers(folder.path.string());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("test_gamma.toml:12: events.plce"), std::string::npos) << refused.error().message;
  EXPECT_EQ(find_carrier("test_beta"), nullptr);
}

TEST(DescribedFiles, NamesAreTheirOwn) {
  const Folder other_name, taken;
  other_name.write("test_delta.toml", named("test_epsilon"));
  const auto wrong = add_described_carriers(other_name.path.string());
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("must be called test_epsilon.toml"), std::string::npos) << wrong.error().message;
  taken.write("ups.toml", named("ups"));
  const auto twice = add_described_carriers(taken.path.string());
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().message.find("there is a carrier 'ups' already"), std::string::npos) << twice.error().message;
  EXPECT_FALSE(add_described_carriers((taken.path / "nowhere").string()));
}

// The guide's example is a file that works, on the reply beside it.
TEST(DescribedFiles, TheGuidesExampleWorks) {
  const auto guide = file_text(ROUNDTRIP_SOURCE_DIR "/config/carriers/README.md");
  const auto block = [&](const std::string& language) {
    const auto start = guide.find("```" + language + "\n") + language.size() + 4;
    return guide.substr(start, guide.find("```", start) - start);
  };
  const auto carrier = described(block("toml"));
  EXPECT_TRUE(carrier->is_number("bp 123 456 789"));
  const auto item = only(read_with(*carrier, block("json")));
  EXPECT_EQ(item.number, "BP123456789");
  EXPECT_EQ(status_of(item), "delivered");
  EXPECT_EQ(item.status_raw, "DONE Entregue");
  EXPECT_EQ(item.weight_g, 1200);
  ASSERT_EQ(item.events.size(), 3U);
  EXPECT_EQ(item.events[1].time.local, "2026-11-20T09:15:00");
  EXPECT_EQ(item.events[1].time.basis, domain::ZoneBasis::carrier_zone);
  EXPECT_EQ(carrier->track_request({}, ask({"BP1"})).url, "https://api.bike-post.example/v1/parcels/BP1?lang=en");
}

}  // namespace
}  // namespace roundtrip::carriers::test
