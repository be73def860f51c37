// The recorded replies of real carriers (../shared/data/carriers): each must mean what the index says.
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "carriers/described.hpp"
#include "replies.hpp"
#include "support/places.hpp"

namespace roundtrip::carriers::test {
namespace {
using Row = std::map<std::string, std::string>;

std::filesystem::path data_folder() {
  const char* named = std::getenv("ROUNDTRIP_TEST_DATA");
  return std::filesystem::path(named != nullptr ? named : ROUNDTRIP_SOURCE_DIR "/../shared/data") / "carriers" / "payloads";
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char c : line) {
    if (c == '\t')
      cells.emplace_back();
    else
      cells.back() += c;
  }
  for (auto& cell : cells) {
    if (cell.size() < 2 || cell.front() != '"' || cell.back() != '"') continue;
    cell = cell.substr(1, cell.size() - 2);
    for (std::size_t at = 0; (at = cell.find("\"\"", at)) != std::string::npos; ++at) cell.erase(at, 1);
  }
  return cells;
}

std::vector<Row> rows() {
  std::ifstream file(data_folder() / "INDEX.tsv");
  std::vector<Row> out;
  std::vector<std::string> names;
  for (std::string line; std::getline(file, line);) {
    const auto cells = cells_of(line);
    if (names.empty()) {
      names = cells;
      continue;
    }
    auto& row = out.emplace_back();
    for (std::size_t i = 0; i < cells.size() && i < names.size(); ++i) row[names[i]] = cells[i];
  }
  return out;
}

// "Hermes DE" -> "hermes_de", as the folders are called.
std::string carrier_of(const Row& row) {
  static const std::map<std::string, std::string> kNames = {{"UPS", "ups"},
                                                            {"FedEx", "fedex"},
                                                            {"USPS", "usps"},
                                                            {"DHL", "dhl"},
                                                            {"Royal Mail", "royal_mail"},
                                                            {"Canada Post", "canada_post"},
                                                            {"Australia Post", "australia_post"},
                                                            {"GLS", "gls"},
                                                            {"Posten Bring", "bring"},
                                                            {"PostNord", "postnord"},
                                                            {"Hermes DE", "hermes_de"},
                                                            {"La Poste", "la_poste"},
                                                            {"DPD", "dpd"},
                                                            {"Landmark Global", "landmark"},
                                                            {"Nova Poshta", "nova_poshta"},
                                                            {"EasyPost (aggregator)", "easypost"},
                                                            {"bpost", "bpost"},
                                                            {"Chronopost", "chronopost"},
                                                            {"Meest", "meest"},
                                                            {"Newgistics (returns)", "newgistics"},
                                                            {"Pitney Bowes", "pitney_bowes"},
                                                            {"Purolator", "purolator"},
                                                            {"SEKO OmniParcel", "seko"},
                                                            {"Sendle", "sendle"},
                                                            {"Ukrposhta", "ukrposhta"}};
  const auto found = kNames.find(row.at("carrier"));
  return found == kNames.end() ? row.at("carrier") : found->second;
}

bool is_retired(const Row& row) {
  const auto& api = row.at("api");
  for (const char* name : {"SOAP Track v7", "Track XML (legacy", "Web Tools", "XML-PI"}) {
    if (api.find(name) != std::string::npos) return true;
  }
  return false;
}

std::string content_of(const Row& row) {
  std::ifstream file(data_folder() / row.at("file"), std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

bool accepts(const Row& row, const std::string& said) {
  std::string all = row.at("expected_status") + "," + row.at("acceptable_alternatives") + ",";
  for (char& c : all) {
    if (c == ';' || c == '|' || c == '/' || c == ' ') c = ',';
  }
  return ("," + all).find("," + said + ",") != std::string::npos;
}

// Where we are sure that the index is wrong; the reason stands beside it.
bool is_disputed(const Row& row) {
  static const std::map<std::string, std::string> kDisputed = {
      // XSD Authentication 2.0: its fault says that delisId and password were refused. "bad_request" would keep asking in vain.
      {"dpd/parcel_lifecycle_v2_error.xml", "an authenticationFault is refused credentials"},
      // As Canada Post's and the others' refused credentials in the same index: auth.
      {"landmark/track_error.xml", "ErrorCode Login: the username/password combination is refused credentials"},
      // domestic-labels-3.9.13, ExampleCancelError_REFUND_SAMELABEL_SAMEDAY: the label is known and a refund was already asked for today;
      // ExampleCancelError_NOTFOUND is the answer for a label that cannot be found.
      {"usps/label_refund_same_day_error.json", "a repeated refund request is a refused request, not an unknown label"},
  };
  return kDisputed.contains(row.at("file"));
}

void check(const Row& row) {
  const Carrier* carrier = find_carrier(carrier_of(row));
  ASSERT_NE(carrier, nullptr);
  const HttpOutcome outcome = answer(row.at("http_status").empty() ? 200 : std::stoi(row.at("http_status")), content_of(row));
  const auto alike = apis_like(*carrier, *outcome.response);
  if (is_retired(row)) {
    ASSERT_FALSE(alike.empty()) << "a retired API is to be refused by name";
    EXPECT_FALSE(alike.front()->read) << alike.front()->title << " reads it";
    return;
  }
  ASSERT_TRUE(!alike.empty() || outcome.response->status >= 400) << "no API knows this reply";
  const auto reply = read_reply(alike.empty() ? carrier->apis().front() : *alike.front(), outcome);
  const auto records = records_json(reply).at("records");
  const auto slash = row.at("record").find('/');
  const std::size_t at = std::stoul(row.at("record").substr(0, slash)) - 1;
  ASSERT_LT(at, records.size()) << reply.detail;
  // The records of a file come in the file's order; with a number given, it decides.
  auto record = records.at(at);
  const std::string number = row.at("tracking_number");
  if (!number.empty() && record.at("tracking_number") != number) {
    for (const auto& one : records) {
      if (one.at("tracking_number") == number) record = one;
    }
  }
  const std::string said =
      record.at("error").is_null() ? record.at("status").get<std::string>() : "error:" + record.at("error").at("kind").get<std::string>();
  EXPECT_TRUE(accepts(row, said)) << "said " << said << ", expected " << row.at("expected_status") << " or "
                                  << row.at("acceptable_alternatives") << "\n"
                                  << record.dump(1).substr(0, 3000);
  if (!row.at("distinct_events").empty()) {
    EXPECT_EQ(std::to_string(record.at("events").size()), row.at("distinct_events"));
  }
  if (!row.at("latest_event_utc").empty()) {
    std::string latest;
    for (const auto& event : record.at("events")) {
      if (event.at("time_utc").is_string()) latest = std::max(latest, event.at("time_utc").get<std::string>().substr(0, 19) + "Z");
    }
    EXPECT_EQ(latest, row.at("latest_event_utc").substr(0, 19) + "Z");
  }
}

// One test per carrier, so that a carrier's records can be run alone: --gtest_filter='*RecordedReplies*/ups'.
class RecordedReplies : public testing::TestWithParam<std::string> {
 public:
  static void SetUpTestSuite() {
    const auto added = add_described_carriers(ROUNDTRIP_SOURCE_DIR "/config/carriers");
    ASSERT_TRUE(added) << added.error().message;
  }
};

TEST_P(RecordedReplies, MeanWhatTheIndexSays) {
  if (!std::filesystem::exists(data_folder() / "INDEX.tsv")) GTEST_SKIP() << "no recorded replies at " << data_folder();
  int checked = 0;
  for (const Row& row : rows()) {
    const bool judged = row.at("kind") == "tracking" || row.at("kind") == "error";
    if (!judged || carrier_of(row) != GetParam()) continue;
    SCOPED_TRACE(row.at("file") + " record " + row.at("record") + ": " + row.at("shows"));
    if (!is_disputed(row)) check(row);
    ++checked;
  }
  EXPECT_GT(checked, 0);
}

INSTANTIATE_TEST_SUITE_P(Carriers, RecordedReplies,
                         testing::Values("ups", "fedex", "usps", "dhl", "royal_mail", "canada_post", "australia_post", "gls", "bring",
                                         "postnord", "hermes_de", "la_poste", "dpd", "landmark", "nova_poshta", "easypost", "bpost",
                                         "chronopost", "meest", "newgistics", "pitney_bowes", "purolator", "seko", "sendle", "ukrposhta"),
                         [](const auto& carrier) { return carrier.param; });

}  // namespace
}  // namespace roundtrip::carriers::test
