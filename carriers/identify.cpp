// Candidates out of the table of formats.
#include "carriers/identify.hpp"

#include <algorithm>
#include <map>

#include "carriers/carrier.hpp"
#include "carriers/number_formats.hpp"
#include "carriers/reply.hpp"
#include "domain/gs1.hpp"

namespace roundtrip::carriers {
namespace {
constexpr std::size_t kMostCharacters = 400, kLongestNumber = 60;
constexpr double kHighest = 0.99, kOwnShape = 0.5, kAnyPost = 0.25, kCertainLabel = 0.8;

// Whose S10 numbers a country's are.
constexpr std::pair<std::string_view, std::string_view> kPosts[] = {
    {"GB", "royal_mail"}, {"US", "usps"},     {"CA", "canada_post"}, {"AU", "australia_post"}, {"DE", "dhl"},       {"NO", "bring"},
    {"SE", "postnord"},   {"DK", "postnord"}, {"FR", "la_poste"},    {"BE", "bpost"},          {"UA", "ukrposhta"},
};
std::string_view post_of(std::string_view country) {
  for (const auto& [code, carrier] : kPosts) {
    if (code == country) return carrier;
  }
  return "";
}

struct Fit {
  Candidate candidate;
  double weight = 0;
};

// The number alone, and without "420" and a ZIP code of five or nine digits.
std::vector<std::string_view> readings(const NumberFormat& format, std::string_view number) {
  std::vector<std::string_view> all = {number};
  if (!format.routed || !number.starts_with("420")) return all;
  for (const std::size_t prefix : {8u, 12u}) {
    // Behind a ZIP code there are 20 digits at least.
    if (number.size() >= prefix + 20) all.push_back(number.substr(prefix));
  }
  return all;
}

void add_s10(std::vector<Fit>& fits, const NumberFormat& format, std::string_view number) {
  const std::string country(number.substr(11));
  const auto post = post_of(country);
  const std::string issued = "shape and check digit fit; issued in " + country;
  if (!post.empty()) fits.push_back({{std::string(post), "s10", std::string(number), 0, true, issued}, format.weight});
  // The number names the post that issued it; each post on its way knows it too.
  fits.push_back(
      {{"s10", "s10", std::string(number), 0, true, issued + ", known to every post on its way"}, post.empty() ? format.weight : kAnyPost});
}

// Carriers all of whose formats are in the table: what fits none of them is not theirs, whatever their adapter would take.
bool is_known_whole(std::string_view carrier) {
  static constexpr std::string_view kWhole[] = {"ups", "fedex", "usps", "dhl", "dpd", "canada_post", "landmark", "purolator"};
  return std::ranges::find(kWhole, carrier) != std::end(kWhole);
}

std::vector<Fit> fits_of(std::string_view number) {
  std::vector<Fit> found;
  for (const auto& format : number_formats()) {
    for (const auto reading : readings(format, number)) {
      if (!fits(format, reading)) continue;
      if (format.check.kind == CheckKind::s10) {
        add_s10(found, format, reading);
        continue;
      }
      const bool checked = format.check.kind != CheckKind::none;
      const auto part = reading.substr(format.drop, format.keep == 0 ? std::string_view::npos : format.keep);
      found.push_back({{std::string(format.carrier), std::string(format.format), std::string(part), 0, checked,
                        std::string(format.title) + (checked ? ": shape and check digit fit" : ": the shape fits, it has no check digit")},
                       format.weight});
    }
  }
  for (const auto* carrier : all_carriers()) {
    if (!is_known_whole(carrier->name()) && carrier->is_number(number) &&
        std::ranges::none_of(found, [&](const Fit& fit) { return fit.candidate.carrier == carrier->name(); }))
      found.push_back({{std::string(carrier->name()), std::string(carrier->name()), std::string(number), 0, false,
                        std::string(carrier->title()) + " takes numbers like this"},
                       kOwnShape});
  }
  return found;
}

// Carriers share what there is: the weights of the best fit of each are brought to a sum of one at most.
std::vector<Candidate> shared_out(std::vector<Fit> fits) {
  std::map<std::string, double> best;
  for (const auto& fit : fits) best[fit.candidate.carrier] = std::max(best[fit.candidate.carrier], fit.weight);
  double total = 0;
  for (const auto& [carrier, weight] : best) total += weight;
  std::vector<Candidate> out;
  for (auto& fit : fits) {
    std::string others;
    for (const auto& [carrier, weight] : best) {
      if (carrier != fit.candidate.carrier && carrier != "s10") others += (others.empty() ? "; shared with " : ", ") + carrier;
    }
    fit.candidate.confidence = std::min(kHighest, fit.weight / std::max(1.0, total));
    fit.candidate.why += others;
    out.push_back(std::move(fit.candidate));
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.confidence > b.confidence; });
  return out;
}

std::string number_in(std::string_view text) {
  if (text.size() > kMostCharacters) return "";
  auto number = plain_number(domain::split_symbology(text).text);
  return number.size() > kLongestNumber ? "" : number;
}
}  // namespace

std::vector<Candidate> identify(std::string_view text) {
  const auto number = number_in(text);
  return number.empty() ? std::vector<Candidate>{} : shared_out(fits_of(number));
}

bool knows_formats_of(std::string_view carrier) {
  const auto formats = number_formats();
  return std::any_of(formats.begin(), formats.end(), [&](const auto& format) { return format.carrier == carrier; });
}

bool has_format(std::string_view carrier, std::string_view text) {
  const auto number = number_in(text);
  if (number.empty()) return false;
  for (const auto& format : number_formats()) {
    const bool s10 = format.check.kind == CheckKind::s10;
    if (!s10 && format.carrier != carrier) continue;
    for (const auto reading : readings(format, number)) {
      if (fits(format, reading) && (!s10 || carrier == "s10" || post_of(reading.substr(11)) == carrier)) return true;
    }
  }
  return false;
}

std::vector<std::string> numbers_in_scan(std::string_view scanned, std::size_t most) {
  std::vector<std::string> out;
  const auto add = [&](std::string number) {
    if (!number.empty() && out.size() < most && std::ranges::find(out, number) == out.end()) out.push_back(std::move(number));
  };
  add(domain::split_symbology(scanned).text);
  const auto number = number_in(scanned);
  add(number);
  for (auto& candidate : identify(scanned)) add(std::move(candidate.number));
  // Framings that carriers print a number with and without: (00) before an SSCC, the data identifier J before a license plate.
  const bool digits = number.find_first_not_of("0123456789") == std::string::npos;
  if (digits && number.size() == 20 && number.starts_with("00")) add(number.substr(2));
  if (digits && number.size() == 18) add("00" + number);
  if (number.starts_with("JJD")) add(number.substr(1));
  if (number.starts_with("JD")) add("J" + number);
  return out;
}

std::string number_to_keep(std::string_view typed) {
  for (auto& candidate : identify(typed)) {
    if (candidate.checked) return std::move(candidate.number);
  }
  const auto first = typed.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "";
  return std::string(typed.substr(first, typed.find_last_not_of(" \t\r\n") - first + 1));
}

std::optional<Candidate> label_in_scan(std::string_view scanned) {
  const auto candidates = identify(scanned);
  // Surely of some carrier, though perhaps not of which.
  std::map<std::string, double> best;
  double total = 0;
  for (const auto& one : candidates) best[one.carrier] = std::max(best[one.carrier], one.confidence);
  for (const auto& [carrier, confidence] : best) total += confidence;
  if (total < kCertainLabel) return std::nullopt;
  // Up to 14 digits are a GTIN as well as anything else.
  const auto number = number_in(scanned);
  if (number.size() <= 14 && number.find_first_not_of("0123456789") == std::string::npos) return std::nullopt;
  return candidates.front();
}

}  // namespace roundtrip::carriers
