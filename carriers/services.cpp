// Reads the rule table of services; refuses what it does not know.
#include "carriers/services.hpp"

#include <toml++/toml.h>

#include <algorithm>

#include "carriers/accounts.hpp"
#include "carriers/shipping.hpp"
#include "carriers/shipping_parts.hpp"
#include "domain/bookings.hpp"

namespace roundtrip::carriers {
namespace {
using domain::Service;

constexpr std::size_t kMostServices = 500;

struct ServiceText {
  const char* name;
  std::string Service::*field;
};
constexpr ServiceText kServiceTexts[] = {{"code", &Service::code}, {"title", &Service::title}};
struct ServiceList {
  const char* name;
  std::vector<std::string> Service::*field;
};
constexpr ServiceList kServiceLists[] = {{"orders", &Service::orders}, {"countries", &Service::countries}};
struct ServiceNumber {
  const char* name;
  std::int64_t most;
  void (*set)(Service&, std::int64_t);
};
constexpr ServiceNumber kServiceNumbers[] = {
    {"from_g", 10'000'000, [](Service& s, std::int64_t n) { s.from_g = static_cast<int>(n); }},
    {"to_g", 10'000'000, [](Service& s, std::int64_t n) { s.to_g = static_cast<int>(n); }},
    {"days", 365, [](Service& s, std::int64_t n) { s.days = static_cast<int>(n); }},
    {"price", 1'000'000'000, [](Service& s, std::int64_t n) { s.price = n; }},
    {"kilo", 1'000'000'000, [](Service& s, std::int64_t n) { s.kilo = n; }},
};

bool is_country(const std::string& text) {
  return text.size() == 2 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// One [[service]] table, read key by key.
class ServiceReader {
 public:
  ServiceReader(const toml::table& table, std::span<const CarrierAccount> accounts, std::vector<Fault>& faults)
      : table_(table), accounts_(accounts), faults_(faults) {}

  Service read() {
    Service service;
    for (const auto& [key, node] : table_) {
      if (!take(std::string(key.str()), node, service)) fault("unknown_key", "unknown key '" + std::string(key.str()) + "'" + near(key));
    }
    read_carrier(service);
    expand_union(service);
    if (service.to_g > 0 && service.from_g > service.to_g) fault("bad_value", "from_g is more than to_g");
    if (service.title.empty()) service.title = service.carrier + (service.code.empty() ? "" : " " + service.code);
    return service;
  }

 private:
  void fault(const std::string& code, const std::string& detail) {
    faults_.push_back({"line " + std::to_string(table_.source().begin.line), code, detail});
  }

  std::string near(std::string_view word) {
    static const std::vector<std::string> known = {"carrier", "code", "title", "orders", "countries", "from_g",
                                                   "to_g",    "days", "price", "kilo",   "label"};
    const auto found = nearest(word, known);
    return found.empty() ? "" : "; did you mean '" + found + "'?";
  }

  bool take(const std::string& name, const toml::node& node, Service& service) {
    if (name == "carrier" || name == "label") return true;
    for (const auto& text : kServiceTexts) {
      if (name != text.name) continue;
      if (const auto value = node.value_exact<std::string>())
        service.*text.field = *value;
      else
        fault("wrong_type", name + " must be a text in quotes");
      return true;
    }
    for (const auto& list : kServiceLists) {
      if (name != list.name) continue;
      read_list(name, node, service.*list.field);
      return true;
    }
    for (const auto& number : kServiceNumbers) {
      if (name != number.name) continue;
      const auto value = node.value_exact<std::int64_t>();
      if (!value || *value < 0 || *value > number.most)
        fault("bad_value", name + " must be a whole number from 0 to " + std::to_string(number.most));
      else
        number.set(service, *value);
      return true;
    }
    return false;
  }

  void read_list(const std::string& name, const toml::node& node, std::vector<std::string>& list) {
    const auto* array = node.as_array();
    if (array == nullptr || !array->is_homogeneous(toml::node_type::string))
      return fault("wrong_type", name + " must be a list of texts, such as [\"DE\", \"EU\"]");
    for (const auto& one : *array) list.push_back(one.value_or(std::string()));
    if (name != "countries") return;
    for (const auto& country : list) {
      if (!is_country(country)) fault("bad_value", "'" + country + "' is no country: two capital letters (ISO 3166-1), or EU");
    }
  }

  void read_carrier(Service& service) {
    std::tie(service.carrier, service.account) = domain::parse_account_name(table_["carrier"].value_or(std::string()));
    const std::string label = table_["label"].value_or(std::string("buy"));
    if (table_.contains("label") && label != "buy" && label != "own") fault("bad_value", "label must be \"buy\" or \"own\"");
    if (find_carrier(service.carrier) == nullptr) {
      std::vector<std::string> known;
      for (const auto* one : all_carriers()) known.emplace_back(one->name());
      const auto found = nearest(service.carrier, known);
      return fault("unknown_carrier", service.carrier.empty() ? "a service needs its carrier, such as \"ups\" or \"ups/eu\""
                                                              : "there is no carrier '" + service.carrier + "'" +
                                                                    (found.empty() ? "" : "; did you mean '" + found + "'?"));
    }
    const bool sells = sells_outbound_labels(accounts_, service.carrier, service.account);
    if (table_.contains("label") && label == "buy" && !sells)
      fault("no_labels", "no account '" + table_["carrier"].value_or(std::string()) + "' that sells labels for the way out");
    service.buys_label = sells && label == "buy";
  }

  void expand_union(Service& service) {
    if (std::erase(service.countries, "EU") == 0) return;
    for (const auto member : customs_union()) service.countries.emplace_back(member);
  }

  const toml::table& table_;
  std::span<const CarrierAccount> accounts_;
  std::vector<Fault>& faults_;
};
}  // namespace

bool sells_outbound_labels(std::span<const CarrierAccount> accounts, std::string_view carrier, std::string_view account) {
  const auto* speaks = find_carrier(carrier);
  if (speaks == nullptr || speaks->shipping() == nullptr || !speaks->shipping()->outbound()) return false;
  // Without a name: the carrier's first account.
  return std::any_of(accounts.begin(), accounts.end(),
                     [&](const auto& one) { return one.carrier == carrier && (account.empty() || one.account == account); });
}

Result<std::vector<Service>> services_from(const std::string& toml, std::span<const CarrierAccount> accounts) {
  std::vector<Service> services;
  std::vector<Fault> faults;
  try {
    const auto file = toml::parse(toml);
    const auto* list = file["service"].as_array();
    if (file.contains("service") && (list == nullptr || !list->is_homogeneous(toml::node_type::table)))
      faults.push_back({"service", "wrong_type", "services are written as [[service]] tables"});
    else if (list != nullptr && list->size() > kMostServices)
      faults.push_back({"service", "too_many", "at most " + std::to_string(kMostServices) + " services"});
    else if (list != nullptr)
      for (const auto& one : *list) services.push_back(ServiceReader(*one.as_table(), accounts, faults).read());
  } catch (const toml::parse_error& broken) {
    faults.push_back({"line " + std::to_string(broken.source().begin.line), "not_toml", std::string(broken.description())});
  }
  if (faults.empty()) return services;
  std::string message = "The services have " + std::to_string(faults.size()) + " fault(s):";
  for (const Fault& fault : faults) message += "\n  " + fault.pointer + ": " + fault.detail;
  return Error{ErrorKind::invalid, "bad_services", message, faults};
}

Result<std::vector<Service>> services_of(const Config& config) {
  const auto text = accounts_file_text(config);
  if (!text) return text.error();
  const auto accounts = accounts_of(config);
  if (!accounts) return accounts.error();
  return services_from(*text, *accounts);
}

}  // namespace roundtrip::carriers
