// Shared by the files of the demo carrier's languages; private to them.
#pragma once
#include <algorithm>
#include <cstdio>
#include <string>

#include "base/secrets.hpp"
#include "demo/carrier_tongues.hpp"

namespace roundtrip::demo {

using OrderedJson = nlohmann::ordered_json;

Tongue ups_tongue();
Tongue fedex_tongue();
Tongue usps_tongue();
Tongue dhl_tongue();
Tongue easypost_tongue();
Tongue ups_labels_tongue();
Tongue ups_alert_tongue();
Tongue usps_subscriptions_tongue();
Tongue dhl_shipping_tongue();
Tongue dhl_returns_tongue();
Tongue fedex_labels_tongue();
Tongue usps_labels_tongue();
Tongue usps_scan_forms_tongue();
Tongue usps_payments_tongue();
Tongue easypost_labels_tongue();
Tongue easypost_files_tongue();
Tongue easypost_pickups_tongue();

// "2026-11-20T10:15:00" on the wall of the place, the same in UTC, and "+01:00".
struct Stamp {
  std::string local, utc, offset;
};
Stamp stamp_of(const WorldEvent& event);
std::string without(std::string text, std::string_view marks);

std::string query_value(const TongueRequest& request, std::string_view name);
std::string form_value(const std::string& body, std::string_view name);
std::string bearer_of(const TongueRequest& request);
std::pair<std::string, std::string> basic_of(const TongueRequest& request);
std::vector<const WorldEvent*> newest_first(const WorldReport& report);

// A list of one (nlohmann's initializer lists cannot tell it from its member).
inline OrderedJson alone(OrderedJson member) {
  OrderedJson out = OrderedJson::array();
  out.push_back(std::move(member));
  return out;
}

// How a language says what the world says. The last row of a table is what it says of a code that it has no word for.
struct Phrase {
  std::string_view world;
  bool back = false;      // on the way back to the sender
  const char *a, *b, *c;  // the language's codes
  const char* text;
};
const Phrase& phrase_of(std::span<const Phrase> phrases, const WorldEvent& event);

}  // namespace roundtrip::demo
