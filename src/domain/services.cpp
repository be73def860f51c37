// Choosing a service.
#include "domain/services.hpp"

#include <algorithm>
#include <tuple>

#include "domain/promise.hpp"

namespace roundtrip::domain {
namespace {
bool allows(const std::vector<std::string>& list, const std::string& one) {
  return list.empty() || std::find(list.begin(), list.end(), one) != list.end();
}

ServiceVerdict fit_of(const Service& service, const ServiceFacts& facts) {
  if (!allows(service.orders, facts.order_service)) return ServiceVerdict::other_service;
  if (!allows(service.countries, facts.country)) return ServiceVerdict::other_country;
  if (facts.weight_g < service.from_g) return ServiceVerdict::too_light;
  if (service.to_g > 0 && facts.weight_g > service.to_g) return ServiceVerdict::too_heavy;
  const bool late =
      facts.promised_at && service.days > 0 && arrival_after(facts.ship_at, service.days, facts.utc_offset_us) > *facts.promised_at;
  return late ? ServiceVerdict::too_late : ServiceVerdict::dearer;
}
}  // namespace

std::string_view to_text(ServiceVerdict verdict) {
  static constexpr std::string_view kWords[] = {"taken", "other_service", "other_country", "too_light", "too_heavy", "too_late", "dearer"};
  return kWords[static_cast<std::size_t>(verdict)];
}

std::int64_t price_of(const Service& service, int weight_g) { return service.price + service.kilo * ((weight_g + 999) / 1000); }

ServiceChoice choose_service(std::span<const Service> table, const ServiceFacts& facts) {
  ServiceChoice choice;
  const auto rank = [&](std::size_t row) {
    const bool late = choice.verdicts[row] == ServiceVerdict::too_late;
    const std::int64_t price = price_of(table[row], facts.weight_g), days = table[row].days;
    return std::tuple(late, late ? days : price, late ? price : days, row);
  };
  for (std::size_t row = 0; row < table.size(); ++row) {
    const auto fit = choice.verdicts.emplace_back(fit_of(table[row], facts));
    const bool fits = fit == ServiceVerdict::dearer || fit == ServiceVerdict::too_late;
    if (fits && (!choice.row || rank(row) < rank(*choice.row))) choice.row = row;
  }
  if (!choice.row) return choice;
  choice.late = choice.verdicts[*choice.row] == ServiceVerdict::too_late;
  choice.verdicts[*choice.row] = ServiceVerdict::taken;
  return choice;
}

}  // namespace roundtrip::domain
