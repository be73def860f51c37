// Reads accounts; refuses what it does not know.
#include "carriers/accounts.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>

namespace roundtrip::carriers {
namespace {

constexpr std::string_view kDefaultFile = "config/carriers.toml";

// A key of [[account]] that holds a text. Secrets may also be given as <key>_file and <key>_env.
struct TextKey {
  const char* name;
  std::string CarrierAccount::*field;
  bool secret = false;
};
constexpr TextKey kTextKeys[] = {
    {"carrier", &CarrierAccount::carrier},   {"account", &CarrierAccount::account},
    {"api", &CarrierAccount::api},           {"base_url", &CarrierAccount::base_url},
    {"key", &CarrierAccount::key, true},     {"secret", &CarrierAccount::secret, true},
    {"customer", &CarrierAccount::customer}, {"push_secret", &CarrierAccount::push_secret, true},
};

struct NumberKey {
  const char* name;
  std::int64_t least, most;
  void (*set)(CarrierAccount&, std::int64_t);
  std::int64_t (*get)(const CarrierAccount&);
};
constexpr std::int64_t kMostPauseS = 30 * 86'400;
constexpr NumberKey kNumberKeys[] = {
    {"calls_per_minute", 0, 1'000'000, [](CarrierAccount& a, std::int64_t n) { a.quota.calls_per_minute = static_cast<int>(n); },
     [](const CarrierAccount& a) { return std::int64_t{a.quota.calls_per_minute}; }},
    {"calls_per_day", 0, 1'000'000'000, [](CarrierAccount& a, std::int64_t n) { a.quota.calls_per_day = static_cast<int>(n); },
     [](const CarrierAccount& a) { return std::int64_t{a.quota.calls_per_day}; }},
    {"parallel", 1, 256, [](CarrierAccount& a, std::int64_t n) { a.parallel = static_cast<int>(n); },
     [](const CarrierAccount& a) { return std::int64_t{a.parallel}; }},
    {"timeout_ms", 100, 120'000, [](CarrierAccount& a, std::int64_t n) { a.timeout_ms = static_cast<int>(n); },
     [](const CarrierAccount& a) { return std::int64_t{a.timeout_ms}; }},
    {"out_for_delivery_from_s", 1, kMostPauseS, [](CarrierAccount& a, std::int64_t n) { a.poll.out_for_delivery.from_us = n * kSecond; },
     [](const CarrierAccount& a) { return a.poll.out_for_delivery.from_us / kSecond; }},
    {"out_for_delivery_to_s", 1, kMostPauseS, [](CarrierAccount& a, std::int64_t n) { a.poll.out_for_delivery.to_us = n * kSecond; },
     [](const CarrierAccount& a) { return a.poll.out_for_delivery.to_us / kSecond; }},
    {"in_transit_from_s", 1, kMostPauseS, [](CarrierAccount& a, std::int64_t n) { a.poll.in_transit.from_us = n * kSecond; },
     [](const CarrierAccount& a) { return a.poll.in_transit.from_us / kSecond; }},
    {"in_transit_to_s", 1, kMostPauseS, [](CarrierAccount& a, std::int64_t n) { a.poll.in_transit.to_us = n * kSecond; },
     [](const CarrierAccount& a) { return a.poll.in_transit.to_us / kSecond; }},
    {"before_pickup_from_s", 1, kMostPauseS, [](CarrierAccount& a, std::int64_t n) { a.poll.before_pickup.from_us = n * kSecond; },
     [](const CarrierAccount& a) { return a.poll.before_pickup.from_us / kSecond; }},
    {"before_pickup_to_s", 1, kMostPauseS, [](CarrierAccount& a, std::int64_t n) { a.poll.before_pickup.to_us = n * kSecond; },
     [](const CarrierAccount& a) { return a.poll.before_pickup.to_us / kSecond; }},
};

domain::Pause pause_of(const Config& config, const std::string& name, double clock) {
  const auto scaled = [&](const std::string& end) {
    const auto us = static_cast<double>(config.integer("tracking." + name + "_" + end + "_minutes") * kMinute) * clock;
    return std::max(static_cast<std::int64_t>(us), kSecond);
  };
  const std::int64_t from_us = scaled("from");
  return {from_us, std::max(from_us, scaled("to"))};
}

// Its clock runs by itself: poll_s is the middle of the pauses under way, the others are in proportion.
CarrierAccount demo_account(const Config& config) {
  CarrierAccount account;
  account.carrier = "demo";
  account.base_url = config.text("carriers.demo.base_url");
  account.key = config.text("carriers.demo.key");
  account.push_secret = config.text("carriers.demo.push_secret");
  account.day_us = config.integer("carriers.demo.day_s") * kSecond;
  account.poll = poll_plan(config, kDay);
  const auto middle_us = static_cast<double>(account.poll.in_transit.from_us + account.poll.in_transit.to_us) / 2;
  const double clock = static_cast<double>(config.integer("carriers.demo.poll_s") * kSecond) / middle_us;
  account.poll = poll_plan(config, account.day_us);
  account.poll.out_for_delivery = pause_of(config, "out_for_delivery", clock);
  account.poll.in_transit = pause_of(config, "in_transit", clock);
  account.poll.before_pickup = pause_of(config, "before_pickup", clock);
  account.parallel = static_cast<int>(config.integer("tracking.parallel"));
  account.timeout_ms = static_cast<int>(config.integer("carriers.timeout_ms"));
  return account;
}

std::vector<std::string> known_keys_of_accounts() {
  std::vector<std::string> names;
  for (const auto& key : kTextKeys) {
    names.emplace_back(key.name);
    if (key.secret) names.insert(names.end(), {std::string(key.name) + "_file", std::string(key.name) + "_env"});
  }
  for (const auto& key : kNumberKeys) names.emplace_back(key.name);
  return names;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const auto near = nearest(word, known);
  return near.empty() ? "" : "; did you mean '" + near + "'?";
}

// One [[account]] table, read key by key.
class AccountReader {
 public:
  AccountReader(const toml::table& table, const std::function<std::string(const std::string&)>& environment, std::vector<Fault>& faults)
      : table_(table), environment_(environment), faults_(faults) {}

  CarrierAccount read(const Config& config) {
    CarrierAccount account;
    account.carrier = table_["carrier"].value_or(std::string());
    if (account.carrier == "demo") account = demo_account(config);
    const auto* carrier = find_carrier(account.carrier);
    if (carrier == nullptr) {
      std::vector<std::string> known;
      for (const auto* one : all_carriers()) known.emplace_back(one->name());
      fault(table_.source(), "unknown_carrier",
            account.carrier.empty() ? "an account needs its carrier"
                                    : "there is no carrier '" + account.carrier + "'" + did_you_mean(account.carrier, known));
      return account;
    }
    if (account.carrier != "demo") {
      account.poll = poll_plan(config, kDay);
      account.quota = {carrier->capabilities().calls_per_minute, carrier->capabilities().calls_per_day};
      account.parallel = static_cast<int>(config.integer("tracking.parallel"));
      account.timeout_ms = static_cast<int>(config.integer("carriers.timeout_ms"));
    }
    read_keys(account);
    judge(*carrier, account);
    return account;
  }

 private:
  void fault(const toml::source_region& where, const std::string& code, const std::string& detail) {
    faults_.push_back({"line " + std::to_string(where.begin.line), code, detail});
  }

  void read_keys(CarrierAccount& account) {
    static const auto known = known_keys_of_accounts();
    std::set<const TextKey*> given;
    for (const auto& [key, node] : table_) {
      const std::string name(key.str());
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        fault(node.source(), "unknown_key", "unknown key '" + name + "'" + did_you_mean(name, known));
        continue;
      }
      for (const auto& number : kNumberKeys) {
        if (name == number.name) read_number(number, node, account);
      }
      for (const auto& text : kTextKeys) {
        if (name != text.name && name != std::string(text.name) + "_file" && name != std::string(text.name) + "_env") continue;
        if (!given.insert(&text).second) fault(node.source(), "given_twice", std::string(text.name) + " is given in two ways");
        read_text(text, name, node, account);
      }
    }
  }

  void read_number(const NumberKey& key, const toml::node& node, CarrierAccount& account) {
    const auto* number = node.as_integer();
    if (number == nullptr) return fault(node.source(), "wrong_type", std::string(key.name) + " must be a whole number");
    if (number->get() < key.least || number->get() > key.most) {
      return fault(node.source(), "bad_value",
                   std::string(key.name) + " must be between " + std::to_string(key.least) + " and " + std::to_string(key.most));
    }
    key.set(account, number->get());
  }

  void read_text(const TextKey& key, const std::string& name, const toml::node& node, CarrierAccount& account) {
    const auto* text = node.as_string();
    if (text == nullptr) return fault(node.source(), "wrong_type", name + " must be a text in quotes");
    std::string value = text->get();
    if (name.ends_with("_env")) {
      value = environment_(text->get());
      if (value.empty()) return fault(node.source(), "not_set", name + " names the variable " + text->get() + ", which is not set");
    } else if (name.ends_with("_file")) {
      std::ifstream file(value);
      std::stringstream content;
      content << file.rdbuf();
      if (!file) return fault(node.source(), "unreadable_file", name + " names '" + value + "', which cannot be read");
      value = content.str();
      while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
    }
    account.*key.field = value;
  }

  void judge(const Carrier& carrier, const CarrierAccount& account) {
    const auto sound = [](const std::string& name) {
      return name.size() <= 32 && std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
             });
    };
    if (!sound(account.account))
      fault(table_.source(), "bad_value", "account is a name of at most 32 small letters, digits, - and _, not '" + account.account + "'");
    if (!account.base_url.empty() && !account.base_url.starts_with("https://") && !account.base_url.starts_with("http://"))
      fault(table_.source(), "bad_value", "base_url must begin with https:// or http://, not '" + account.base_url + "'");
    if (!account.api.empty() && api_in_use(carrier, account) == nullptr) {
      std::vector<std::string> known;
      for (const auto& api : carrier.apis()) {
        if (api.request) known.push_back(api.name);
      }
      fault(table_.source(), "unknown_api",
            std::string(carrier.title()) + " is not asked through an API '" + account.api + "'" + did_you_mean(account.api, known));
    }
    if (carrier.capabilities().needs_token && (account.key.empty() || account.secret.empty()))
      fault(table_.source(), "no_credentials", std::string(carrier.title()) + " needs key and secret: it gives tokens for them");
    for (const auto& [pause, what] :
         {std::pair(account.poll.out_for_delivery, "out_for_delivery"), std::pair(account.poll.in_transit, "in_transit"),
          std::pair(account.poll.before_pickup, "before_pickup")}) {
      if (pause.from_us > pause.to_us) fault(table_.source(), "bad_value", std::string(what) + "_from_s is longer than " + what + "_to_s");
    }
  }

  const toml::table& table_;
  const std::function<std::string(const std::string&)>& environment_;
  std::vector<Fault>& faults_;
};

void read_accounts(const toml::table& file, const Config& config, const std::function<std::string(const std::string&)>& environment,
                   std::vector<CarrierAccount>& accounts, std::vector<Fault>& faults) {
  for (const auto& [key, node] : file) {
    const std::string where = "line " + std::to_string(node.source().begin.line);
    const auto* list = node.as_array();
    if (key.str() == "service") continue;  // carriers/services.cpp
    if (key.str() != "account" || list == nullptr || !list->is_homogeneous(toml::node_type::table)) {
      faults.push_back({where, "unknown_key", "'" + std::string(key.str()) + "': the file holds [[account]] and [[service]] tables"});
      continue;
    }
    for (const auto& one : *list) accounts.push_back(AccountReader(*one.as_table(), environment, faults).read(config));
  }
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& account : accounts) {
    if (!seen.emplace(account.carrier, account.account).second)
      faults.push_back({"account", "given_twice", "the account '" + account.account + "' of " + account.carrier + " is there twice"});
  }
}

}  // namespace

domain::PollPlan poll_plan(const Config& config, std::int64_t day_us) {
  const double clock = static_cast<double>(day_us) / static_cast<double>(kDay);
  domain::PollPlan plan;
  plan.out_for_delivery = pause_of(config, "out_for_delivery", clock);
  plan.in_transit = pause_of(config, "in_transit", clock);
  plan.before_pickup = pause_of(config, "before_pickup", clock);
  plan.day_us = day_us;
  plan.expire_days = config.integer("tracking.expire_days");
  plan.slow_after_days = config.integer("tracking.slow_after_days");
  plan.slow_times = config.integer("tracking.slow_times");
  plan.end_watch_days = config.integer("tracking.end_watch_days");
  plan.quiet_from_hour = static_cast<int>(config.integer("tracking.quiet_from_hour"));
  plan.quiet_to_hour = static_cast<int>(config.integer("tracking.quiet_to_hour"));
  return plan;
}

Result<std::vector<CarrierAccount>> accounts_from(const std::string& toml, const Config& config,
                                                  const std::function<std::string(const std::string&)>& environment) {
  std::vector<CarrierAccount> accounts;
  std::vector<Fault> faults;
  try {
    read_accounts(toml::parse(toml), config, environment, accounts, faults);
  } catch (const toml::parse_error& broken) {
    faults.push_back({"line " + std::to_string(broken.source().begin.line), "not_toml", std::string(broken.description())});
  }
  if (!faults.empty()) {
    std::string message = "The carrier accounts have " + std::to_string(faults.size()) + " fault(s):";
    for (const Fault& fault : faults) message += "\n  " + fault.pointer + ": " + fault.detail;
    return Error{ErrorKind::invalid, "bad_accounts", message, faults};
  }
  const bool has_demo =
      std::any_of(accounts.begin(), accounts.end(), [](const auto& one) { return one.carrier == "demo" && one.account.empty(); });
  if (!has_demo) accounts.insert(accounts.begin(), demo_account(config));
  return accounts;
}

Result<std::string> accounts_file_text(const Config& config) {
  const std::string& path = config.text("carriers.accounts_file");
  std::error_code ignored;
  if (path.empty() || (path == kDefaultFile && !std::filesystem::exists(path, ignored))) return std::string();
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  if (!file) return Error{ErrorKind::invalid, "bad_accounts", "carriers.accounts_file is '" + path + "', which cannot be read"};
  return content.str();
}

Result<std::vector<CarrierAccount>> accounts_of(const Config& config) {
  const std::string& path = config.text("carriers.accounts_file");
  const auto text = accounts_file_text(config);
  if (!text) return text.error();
  const auto from_process = [](const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return std::string(value == nullptr ? "" : value);
  };
  auto accounts = accounts_from(*text, config, from_process);
  if (!accounts) return Error{ErrorKind::invalid, "bad_accounts", path + ": " + accounts.error().message, accounts.error().faults};
  return accounts;
}

std::optional<CarrierAccount> account_from(const Config& config, std::string_view carrier) {
  const auto accounts = accounts_of(config);
  if (!accounts) throw std::runtime_error(accounts.error().message);
  for (const auto& account : *accounts) {
    if (account.carrier == carrier) return account;
  }
  return std::nullopt;
}

std::vector<std::string> names_in_trackers(const std::vector<CarrierAccount>& all, const CarrierAccount& account) {
  std::vector<std::string> names = {account.account};
  const auto of_carrier = [&](const CarrierAccount& one) { return one.carrier == account.carrier; };
  const bool unnamed = std::any_of(all.begin(), all.end(), [&](const auto& one) { return of_carrier(one) && one.account.empty(); });
  const auto first = std::find_if(all.begin(), all.end(), of_carrier);
  if (!unnamed && first != all.end() && first->account == account.account) names.emplace_back();
  return names;
}

std::string accounts_text(const std::vector<CarrierAccount>& accounts) {
  std::ostringstream out;
  for (const auto& account : accounts) {
    toml::table table;
    for (const auto& key : kTextKeys) {
      const std::string& value = account.*key.field;
      if (!value.empty()) table.insert(key.name, key.secret ? "<redacted>" : value);
    }
    for (const auto& key : kNumberKeys) table.insert(key.name, key.get(account));
    out << "[[account]]\n" << table << "\n\n";
  }
  return out.str();
}

}  // namespace roundtrip::carriers
