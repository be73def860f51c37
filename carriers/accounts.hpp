// Carrier accounts from the configuration: the demo carrier's from its settings, all others from a TOML file of their own.
#pragma once
#include <string>
#include <vector>

#include "base/config.hpp"
#include "base/result.hpp"
#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

// Every account, in the order of the file (the first of a carrier is the one that a tracker without an account belongs to). The demo
// carrier is there by its settings unless the file has an account of that carrier without a name. Unknown keys, wrong types and what cannot
// work are listed in one Error.
Result<std::vector<CarrierAccount>> accounts_of(const Config& config);

// The same from the text of a file. `environment` looks up a variable ("" when it is not set).
Result<std::vector<CarrierAccount>> accounts_from(const std::string& toml, const Config& config,
                                                  const std::function<std::string(const std::string&)>& environment);

// The text of the accounts file; empty when the default one is absent.
Result<std::string> accounts_file_text(const Config& config);

// The account names of the trackers that belong to an account of `all`: its own, and for the first of its carrier also none, unless there
// is an account without a name.
std::vector<std::string> names_in_trackers(const std::vector<CarrierAccount>& all, const CarrierAccount& account);

// The accounts in the form of the file, secrets redacted.
std::string accounts_text(const std::vector<CarrierAccount>& accounts);

// How often parcels are asked for, from the settings, for a carrier whose day lasts `day_us`.
domain::PollPlan poll_plan(const Config& config, std::int64_t day_us);

}  // namespace roundtrip::carriers
