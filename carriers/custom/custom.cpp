// The carrier that a description makes, and the folder of descriptions.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <sstream>

#include "carriers/custom/description.hpp"
#include "carriers/described.hpp"
#include "carriers/identify.hpp"
#include "carriers/number_formats.hpp"

namespace roundtrip::carriers {
namespace custom {
namespace {
class DescribedCarrier : public Carrier {
 public:
  explicit DescribedCarrier(Description description) : description_(std::move(description)) {
    Api api;
    api.name = "described";
    api.title = description_.title + ", as its file describes it";
    api.numbers_per_call = description_.capabilities.numbers_per_call;
    api.recognizes = [this](const Reply& reply) { return is_described(description_, reply); };
    api.read = [this](const Reply& reply) { return read_described(description_, reply); };
    if (description_.request) {
      api.request = [this](const CarrierAccount& account, std::span<const TrackQuery> queries) {
        return described_request(description_, account, queries);
      };
    }
    apis_.push_back(std::move(api));
  }
  DescribedCarrier(const DescribedCarrier&) = delete;
  DescribedCarrier& operator=(const DescribedCarrier&) = delete;

  std::string_view name() const override { return description_.name; }
  std::string_view title() const override { return description_.title; }
  const Capabilities& capabilities() const override { return description_.capabilities; }
  std::span<const Api> apis() const override { return apis_; }
  bool is_number(std::string_view text) const override {
    if (has_format(description_.name, text)) return true;
    const auto number = plain_number(text);
    return std::ranges::any_of(description_.numbers, [&](const auto& shape) { return fits_shape(shape, number); });
  }
  HttpRequest token_request(const CarrierAccount& account) const override { return described_token_request(description_, account); }
  TokenReply parse_token(const HttpOutcome& outcome) const override {
    return described_token(description_, outcome, Carrier::parse_token(outcome));
  }

 private:
  const Description description_;
  std::vector<Api> apis_;
};

Error unusable(const std::string& what) { return {ErrorKind::invalid, "bad_carrier_file", what}; }

// One file of the folder; the carrier is called as the file is.
Result<std::unique_ptr<const Carrier>> from_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  if (!file) return unusable("the carrier's file " + path.string() + " cannot be read");
  auto carrier = described_carrier(content.str(), path.string());
  if (carrier && (*carrier)->name() != path.stem().string())
    return unusable(path.string() + ": it describes '" + std::string((*carrier)->name()) + "' and must be called " +
                    std::string((*carrier)->name()) + ".toml");
  return carrier;
}
}  // namespace
}  // namespace custom

Result<std::unique_ptr<const Carrier>> described_carrier(std::string_view toml, const std::string& file) {
  auto description = custom::read_description(toml, file);
  if (!description) return description.error();
  return std::unique_ptr<const Carrier>(std::make_unique<custom::DescribedCarrier>(std::move(*description)));
}

Result<std::vector<std::string>> add_described_carriers(const std::string& folder) {
  static std::mutex mutex;
  static std::set<std::string> added;  // files
  const std::lock_guard lock(mutex);
  std::error_code failed;
  std::vector<std::filesystem::path> files;
  for (const auto& one : std::filesystem::directory_iterator(folder, failed)) {
    if (one.path().extension() == ".toml") files.push_back(one.path());
  }
  if (failed) return custom::unusable("the folder of carriers " + folder + " cannot be read: " + failed.message());
  std::ranges::sort(files);
  std::vector<std::string> names;
  std::vector<std::unique_ptr<const Carrier>> fresh;
  std::string faults;
  for (const auto& path : files) {
    names.push_back(path.stem().string());
    if (added.contains(std::filesystem::weakly_canonical(path).string())) continue;
    auto carrier = custom::from_file(path);
    if (!carrier)
      faults += (faults.empty() ? "" : "\n") + carrier.error().message;
    else if (find_carrier((*carrier)->name()) != nullptr)
      faults += (faults.empty() ? "" : "\n") + path.string() + ": there is a carrier '" + path.stem().string() + "' already";
    else
      fresh.push_back(std::move(*carrier));
  }
  if (!faults.empty()) return custom::unusable(faults);
  for (const auto& path : files) added.insert(std::filesystem::weakly_canonical(path).string());
  for (auto& carrier : fresh) add_carrier(std::move(carrier));
  return names;
}

}  // namespace roundtrip::carriers
