// Carriers that a TOML file describes: no C++ for a local courier. carriers/README.md says how such a file is written.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

// A carrier from the text of a file; `file` is its name for people. All faults are in one Error, each with file, line and key.
Result<std::unique_ptr<const Carrier>> described_carrier(std::string_view toml, const std::string& file);

// Adds the carriers that the *.toml files of a folder describe to the registry, in the order of their names, and gives their names.
// A file must be called as its carrier is (sendle.toml). Before anybody asks for carriers; what was added before from the same folder stays
// as it is. Nothing is added when one file has a fault; a folder that is not there is a fault.
Result<std::vector<std::string>> add_described_carriers(const std::string& folder);

}  // namespace roundtrip::carriers
