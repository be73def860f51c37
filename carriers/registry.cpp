// The one list of carriers.
#include <algorithm>
#include <charconv>

#include "carriers/australia_post/australia_post.hpp"
#include "carriers/bring/bring.hpp"
#include "carriers/canada_post/canada_post.hpp"
#include "carriers/carrier.hpp"
#include "carriers/demo/demo.hpp"
#include "carriers/dhl/dhl.hpp"
#include "carriers/dpd/dpd.hpp"
#include "carriers/easypost/easypost.hpp"
#include "carriers/fedex/fedex.hpp"
#include "carriers/gls/gls.hpp"
#include "carriers/hermes_de/hermes_de.hpp"
#include "carriers/la_poste/la_poste.hpp"
#include "carriers/landmark/landmark.hpp"
#include "carriers/nova_poshta/nova_poshta.hpp"
#include "carriers/postnord/postnord.hpp"
#include "carriers/royal_mail/royal_mail.hpp"
#include "carriers/ups/ups.hpp"
#include "carriers/usps/usps.hpp"

namespace roundtrip::carriers {
namespace {
const DemoCarrier kDemo;
constexpr std::int64_t kLongestRetryAfterS = 86'400;

// Every carrier there is. What shops describe themselves (custom/) is added at the start of the program.
std::vector<const Carrier*>& carriers_there_are() {
  static std::vector<const Carrier*> all = {&kDemo,
                                            &ups_carrier(),
                                            &fedex_carrier(),
                                            &usps_carrier(),
                                            &dhl_carrier(),
                                            &royal_mail_carrier(),
                                            &canada_post_carrier(),
                                            &australia_post_carrier(),
                                            &gls_carrier(),
                                            &bring_carrier(),
                                            &postnord_carrier(),
                                            &hermes_de_carrier(),
                                            &la_poste_carrier(),
                                            &dpd_carrier(),
                                            &landmark_carrier(),
                                            &nova_poshta_carrier(),
                                            &easypost_carrier()};
  return all;
}

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

std::span<const Carrier* const> all_carriers() { return carriers_there_are(); }

const Carrier* find_carrier(std::string_view name) {
  for (const Carrier* carrier : carriers_there_are()) {
    if (carrier->name() == name) return carrier;
  }
  return nullptr;
}

void add_carrier(std::unique_ptr<const Carrier> carrier) {
  if (find_carrier(carrier->name()) != nullptr) throw std::logic_error("two carriers are called " + std::string(carrier->name()));
  static std::vector<std::unique_ptr<const Carrier>> kept;
  carriers_there_are().push_back(carrier.get());
  kept.push_back(std::move(carrier));
}

const Carrier* carrier_of_number(std::string_view number) {
  for (const Carrier* carrier : carriers_there_are()) {
    if (carrier->is_number(number)) return carrier;
  }
  return nullptr;
}

std::string_view to_text(Trouble trouble) {
  switch (trouble) {
    case Trouble::none:
      return "none";
    case Trouble::not_found:
      return "not_found";
    case Trouble::bad_request:
      return "bad_request";
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
  if (status == 400 || status == 422) return {Trouble::bad_request, said, 0};
  return {Trouble::bad_reply, said, 0};
}

}  // namespace roundtrip::carriers
