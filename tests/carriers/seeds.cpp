// The replies of a carrier's tests as the seeds of its fuzzer (tests/fuzz).
#include <array>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/secrets.hpp"
#include "replies.hpp"

namespace roundtrip::carriers::test {
namespace {
// The first byte of a seed: the API's place in the carrier's table and the status's place in this one, as carrier_fuzz.cpp reads it.
constexpr std::array kSeedStatuses = {200, 207, 400, 401, 404, 429, 500, 503};

void write_seed(const std::filesystem::path& folder, std::size_t api, int status, const std::string& body) {
  const auto found = std::find(kSeedStatuses.begin(), kSeedStatuses.end(), status);
  const auto place = found == kSeedStatuses.end() ? 0 : static_cast<std::size_t>(found - kSeedStatuses.begin());
  const std::string seed = static_cast<char>(api * kSeedStatuses.size() + place) + body;
  std::ofstream(folder / sha256_hex(seed).substr(0, 16), std::ios::binary) << seed;
}
}  // namespace

void keep_as_seed_of(const Carrier& carrier, int status, const std::string& body) {
  static const char* const kFolder = std::getenv("ROUNDTRIP_TEST_FUZZ_SEEDS");
  constexpr std::size_t kLargest = 16'000;
  constexpr int kMostOfATest = 24;  // the rest of a loop over hostile forms is not needed: the fuzzer makes its own
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  if (kFolder == nullptr || test == nullptr || body.size() > kLargest) return;
  static std::map<std::string, int> kept;
  const std::string name(carrier.name());
  if (++kept[name + " " + test->test_suite_name() + "." + test->name()] > kMostOfATest) return;
  const auto folder = std::filesystem::path(kFolder) / name;
  std::filesystem::create_directories(folder);
  const auto alike = apis_like(carrier, HttpResponse{status, {}, body});
  for (const Api* api : alike) write_seed(folder, static_cast<std::size_t>(api - carrier.apis().data()), status, body);
  if (alike.empty()) write_seed(folder, 0, status, body);
}

void keep_as_seed(int status, const std::string& body) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  if (test == nullptr) return;
  // A carrier's tests lie in a folder of its name.
  const auto* carrier = find_carrier(std::filesystem::path(test->file()).parent_path().filename().string());
  if (carrier != nullptr) keep_as_seed_of(*carrier, status, body);
}

}  // namespace roundtrip::carriers::test
