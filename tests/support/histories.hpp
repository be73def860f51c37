// Parcels' histories: what carriers said of a parcel, as their adapters read it from the recorded replies of the shared material, and some
// of our own for machines without it.
#pragma once
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "carriers/carrier.hpp"
#include "carriers/records.hpp"
#include "support/places.hpp"

namespace roundtrip::test {

struct History {
  std::string name;  // the file, or what happens
  carriers::TrackedNumber said;
};

inline domain::TrackingEvent told(const std::string& code, domain::TrackingStatus status, double hours, bool physical = true) {
  domain::TrackingEvent event;
  event.status = status;
  event.raw_code = code;
  event.raw_text = "said " + code;
  const Instant at = Instant{1'763'000'000'000'000} + static_cast<std::int64_t>(hours * static_cast<double>(kHour));
  event.time = {format_rfc3339(at), "", at, domain::ZoneBasis::given_utc};
  event.physical = physical;
  return event;
}

inline std::vector<History> own_histories() {
  using enum domain::TrackingStatus;
  std::vector<History> all(4);
  all[0].name = "delivered, with notices after it";
  all[0].said.events = {told("LBL", pre_transit, 0, false), told("ACC", in_transit, 5), told("OFD", out_for_delivery, 29),
                        told("DLV", delivered, 31), told("MSG", in_transit, 32, false)};
  all[1].name = "tried, fetched by nobody, on its way back and returned";
  all[1].said.events = {told("ACC", in_transit, 1),         told("ATT", delivery_attempted, 30), told("PUP", available_for_pickup, 50),
                        told("RTS", return_to_sender, 200), told("DLB", delivered, 260),         told("XX", unknown, 210)};
  all[1].said.events[4].return_leg = true;
  all[2].name = "delivered by mistake, then again";
  all[2].said.events = {told("OFD", out_for_delivery, 10), told("DLV", delivered, 12), told("ARR", in_transit, 40),
                        told("DL2", delivered, 60)};
  all[3].name = "a headline beside its events";
  all[3].said.events = {told("ACC", in_transit, 2), told("CUS", exception, 9), told("DEP", in_transit, 9)};
  all[3].said.headline = domain::Headline{exception, domain::TrackingReason::customs_documents, domain::order_time(all[3].said.events[1])};
  return all;
}

// Every history in the recorded replies of carriers that are in the registry; empty where the material is not at hand.
inline std::vector<History> recorded_histories() {
  std::vector<History> all;
  const char* data = std::getenv("ROUNDTRIP_TEST_DATA");
  const auto payloads = std::filesystem::path(data != nullptr ? data : ROUNDTRIP_SOURCE_DIR "/../shared/data") / "carriers" / "payloads";
  if (!std::filesystem::is_directory(payloads)) return all;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(payloads)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    const auto* carrier = carriers::find_carrier(file.parent_path().filename().string());
    if (carrier == nullptr) continue;
    std::ifstream in(file, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    const HttpOutcome outcome{HttpResponse{200, {}, text.str()}, {}};
    const auto alike = carriers::apis_like(*carrier, *outcome.response);
    if (alike.empty() || !alike.front()->read) continue;
    for (auto& item : carriers::read_reply(*alike.front(), outcome).items) {
      if (item.trouble == carriers::Trouble::none && !item.events.empty())
        all.push_back({std::filesystem::relative(file, payloads).string(), std::move(item)});
    }
  }
  return all;
}

}  // namespace roundtrip::test
