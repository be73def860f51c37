// The one list of carriers: a new one is added in kCarriers, its settings in account_from's table.
#include <algorithm>
#include <array>
#include <charconv>

#include "carriers/carrier.hpp"
#include "carriers/demo/demo.hpp"

namespace roundtrip::carriers {
namespace {
const DemoCarrier kDemo;
constexpr std::int64_t kLongestRetryAfterS = 86'400;

CarrierAccount demo_account(const Config& config) {
  CarrierAccount account;
  account.carrier = "demo";
  account.base_url = config.text("carriers.demo.base_url");
  account.key = config.text("carriers.demo.key");
  account.push_secret = config.text("carriers.demo.push_secret");
  account.poll_us = config.integer("carriers.demo.poll_s") * kSecond;
  account.day_us = config.integer("carriers.demo.day_s") * kSecond;
  return account;
}

struct Entry {
  const Carrier* carrier;
  CarrierAccount (*account)(const Config&);
};
constexpr std::array kCarriers = {
    Entry{&kDemo, demo_account},
};

constexpr auto kPointers = [] {
  std::array<const Carrier*, kCarriers.size()> pointers{};
  std::transform(kCarriers.begin(), kCarriers.end(), pointers.begin(), [](const Entry& entry) { return entry.carrier; });
  return pointers;
}();

// Seconds, bounded; an HTTP date or nonsense counts as a minute.
std::int64_t retry_after_us_of(const HttpResponse& response) {
  const auto text = header(response.headers, "retry-after");
  if (!text) return 0;
  std::int64_t seconds = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (failed != std::errc{} || end != text->data() + text->size() || seconds < 0) seconds = 60;
  return std::min(seconds, kLongestRetryAfterS) * kSecond;
}
}  // namespace

std::span<const Carrier* const> all_carriers() { return kPointers; }

const Carrier* find_carrier(std::string_view name) {
  for (const Carrier* carrier : kPointers) {
    if (carrier->name() == name) return carrier;
  }
  return nullptr;
}

const Carrier* carrier_of_number(std::string_view number) {
  for (const Carrier* carrier : kPointers) {
    if (carrier->is_number(number)) return carrier;
  }
  return nullptr;
}

std::optional<CarrierAccount> account_from(const Config& config, std::string_view carrier) {
  for (const Entry& entry : kCarriers) {
    if (entry.carrier->name() != carrier) continue;
    CarrierAccount account = entry.account(config);
    account.timeout_ms = static_cast<int>(config.integer("carriers.timeout_ms"));
    return account;
  }
  return std::nullopt;
}

std::string_view to_text(Trouble trouble) {
  switch (trouble) {
    case Trouble::none:
      return "none";
    case Trouble::not_found:
      return "not_found";
    case Trouble::rate_limited:
      return "rate_limited";
    case Trouble::auth:
      return "auth";
    case Trouble::service:
      return "service";
    case Trouble::bad_reply:
      return "bad_reply";
  }
  return "";
}

CallTrouble trouble_of(const HttpOutcome& outcome) {
  if (!outcome.response) return {Trouble::service, outcome.failure.detail, 0};
  const int status = outcome.response->status;
  const std::string said = "HTTP " + std::to_string(status);
  const std::int64_t retry_after_us = retry_after_us_of(*outcome.response);
  if (status >= 200 && status < 300) return {};
  if (status == 429) return {Trouble::rate_limited, said, std::max(retry_after_us, kSecond)};
  if (status == 401 || status == 403) return {Trouble::auth, said, 0};
  if (status == 404) return {Trouble::not_found, said, 0};
  if (status >= 500) return {Trouble::service, said, retry_after_us};
  return {Trouble::bad_reply, said, 0};
}

}  // namespace roundtrip::carriers
