// The rule table of services: [[service]] tables beside the [[account]] tables of the accounts file.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/config.hpp"
#include "base/result.hpp"
#include "carriers/carrier.hpp"
#include "domain/services.hpp"

namespace roundtrip::carriers {

// The rows in the order of the file; none without one. Unknown keys, wrong types, carriers and countries that do not exist are listed in
// one Error. "EU" in `countries` stands for its members.
Result<std::vector<domain::Service>> services_of(const Config& config);
// The same from the text of a file, with the accounts that there are: a row buys its label through the carrier's API when that account
// sells labels for the way out, unless it says label = "own".
Result<std::vector<domain::Service>> services_from(const std::string& toml, std::span<const CarrierAccount> accounts);

// Does this account buy labels for the way out?
bool sells_outbound_labels(std::span<const CarrierAccount> accounts, std::string_view carrier, std::string_view account);

}  // namespace roundtrip::carriers
