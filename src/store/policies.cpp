// Reads and writes policies, and their JSON form.
#include "store/policies.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

namespace roundtrip::store {
namespace {

using nlohmann::json;

constexpr std::int64_t kMostMinor = 1'000'000'000'000;

// Takes typed fields out of one object and notes each fault.
class PolicyReader {
 public:
  explicit PolicyReader(const json& object) : object_(object) {}
  template <class Int>
  void number(const char* name, Int& out, std::int64_t min, std::int64_t max) {
    const json* value = find(name);
    if (value == nullptr) return;
    const bool fits = value->is_number_integer() && !(value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX) &&
                      value->get<std::int64_t>() >= min && value->get<std::int64_t>() <= max;
    if (!fits) return fault(name, "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    out = static_cast<Int>(value->get<std::int64_t>());
  }
  void flag(const char* name, bool& out) {
    const json* value = find(name);
    if (value == nullptr) return;
    if (!value->is_boolean()) return fault(name, "must be true or false");
    out = value->get<bool>();
  }
  template <class Enum, class Parse>
  void word(const char* name, Enum& out, Parse&& parse) {
    const json* value = find(name);
    if (value == nullptr) return;
    const auto parsed = value->is_string() ? parse(value->get<std::string>()) : std::nullopt;
    if (!parsed) return fault(name, "is not one of the known words");
    out = *parsed;
  }
  const json* find(const char* name) {
    seen_.insert(name);
    const auto found = object_.find(name);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }
  void fault(const std::string& name, const std::string& detail) { faults_.push_back({"/" + name, "invalid", name + " " + detail}); }
  std::vector<Fault> finish() {
    for (const auto& [name, value] : object_.items()) {
      if (!seen_.contains(name)) faults_.push_back({"/" + name, "unknown_field", "There is no field " + name.substr(0, 60) + "."});
    }
    return std::move(faults_);
  }

 private:
  const json& object_;
  std::set<std::string> seen_;
  std::vector<Fault> faults_;
};

void read_reasons(PolicyReader& reader, domain::Policy& policy) {
  if (const json* value = reader.find("freight_by_reason")) {
    policy.freight_by_reason.clear();
    if (!value->is_object() || value->size() > 100) return reader.fault("freight_by_reason", "must be an object of at most 100 reasons");
    for (const auto& [reason, payer] : value->items()) {
      const auto parsed = payer.is_string() ? domain::parse_freight_payer(payer.get<std::string>()) : std::nullopt;
      if (!parsed) return reader.fault("freight_by_reason/" + reason.substr(0, 60), "must be merchant or customer");
      policy.freight_by_reason[reason] = *parsed;
    }
  }
  if (const json* value = reader.find("damaged_reasons")) {
    policy.damaged_reasons.clear();
    if (!value->is_array() || value->size() > 100) return reader.fault("damaged_reasons", "must be a list of at most 100 reasons");
    for (const auto& reason : *value) {
      if (!reason.is_string()) return reader.fault("damaged_reasons", "must hold texts only");
      policy.damaged_reasons.push_back(reason.get<std::string>());
    }
  }
}

domain::Policy policy_of(int version, const std::string& body) {
  auto policy = parse_policy(body);
  if (!policy) throw std::logic_error("a saved policy cannot be read: version " + std::to_string(version));
  policy->version = version;
  return std::move(*policy);
}

}  // namespace

Result<domain::Policy> parse_policy(const std::string& text) {
  const json body = json::parse(text, nullptr, false);
  if (!body.is_object()) return Error{ErrorKind::malformed, "not_json", "The policy is not a JSON object."};
  domain::Policy policy;
  PolicyReader reader(body);
  reader.number("window_days", policy.window_days, 0, 3650);
  reader.number("withdrawal_days", policy.withdrawal_days, 14, 3650);
  reader.number("warranty_days", policy.warranty_days, 0, 36500);
  reader.flag("before_delivery", policy.before_delivery);
  reader.flag("auto_approve", policy.auto_approve);
  reader.word("freight", policy.freight, [](const std::string& word) { return domain::parse_freight_payer(word); });
  reader.number("freight_fee", policy.freight_fee, 0, kMostMinor);
  reader.number("restocking_basis_points", policy.restocking_basis_points, 0, 10'000);
  reader.flag("refund_shipping", policy.refund_shipping);
  reader.word("trigger", policy.trigger, [](const std::string& word) { return domain::parse_refund_trigger(word); });
  std::int64_t limit = -1;
  reader.number("approval_limit", limit, 0, kMostMinor);
  if (limit >= 0) policy.approval_limit = limit;
  read_reasons(reader, policy);
  if (auto faults = reader.finish(); !faults.empty()) {
    return Error{ErrorKind::invalid, "invalid_policy", "The policy has faults; correct them and send it again.", std::move(faults)};
  }
  return policy;
}

std::string policy_json(const domain::Policy& policy) {
  nlohmann::ordered_json freight = nlohmann::ordered_json::object();
  for (const auto& [reason, payer] : policy.freight_by_reason) freight[reason] = domain::to_text(payer);
  nlohmann::ordered_json body = {{"window_days", policy.window_days},
                                 {"withdrawal_days", policy.withdrawal_days},
                                 {"warranty_days", policy.warranty_days},
                                 {"before_delivery", policy.before_delivery},
                                 {"auto_approve", policy.auto_approve},
                                 {"freight", domain::to_text(policy.freight)},
                                 {"freight_by_reason", freight},
                                 {"freight_fee", policy.freight_fee},
                                 {"restocking_basis_points", policy.restocking_basis_points},
                                 {"refund_shipping", policy.refund_shipping},
                                 {"trigger", domain::to_text(policy.trigger)},
                                 {"approval_limit", nullptr},
                                 {"damaged_reasons", policy.damaged_reasons}};
  if (policy.approval_limit) body["approval_limit"] = *policy.approval_limit;
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

domain::Policy current_policy(Queryable& db, MerchantId merchant) {
  const auto found =
      db.row<int, std::string>("SELECT version, body FROM policies WHERE merchant_id = $1 ORDER BY version DESC LIMIT 1", merchant);
  return found ? policy_of(std::get<0>(*found), std::get<1>(*found)) : domain::Policy{};
}

domain::Policy saved_policy(int version, const std::optional<std::string>& body) {
  if (version == 0) return {};
  if (!body) throw std::logic_error("policy version " + std::to_string(version) + " is not there");
  return policy_of(version, *body);
}

int insert_policy(Transaction& tx, MerchantId merchant, const domain::Policy& policy, const std::string& who, Instant now) {
  // The merchant's row is the lock that keeps the numbers in order.
  tx.run("SELECT 1 FROM merchants WHERE merchant_id = $1 FOR UPDATE", {merchant});
  return tx
      .value<int>(
          "INSERT INTO policies (merchant_id, version, body, created_by, created_at) "
          "SELECT $1, coalesce(max(version), 0) + 1, $2::jsonb, $3, $4 FROM policies WHERE merchant_id = $1 RETURNING version",
          merchant, policy_json(policy), who, now)
      .value();
}

}  // namespace roundtrip::store
