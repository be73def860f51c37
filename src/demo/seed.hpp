// The demo merchant: people, stations, products, stock and orders in every state.
#pragma once
#include <string>

#include "base/config.hpp"
#include "usecases/links.hpp"

namespace roundtrip::store {
class Database;
}

namespace roundtrip::demo {

// `fresh`: the orders as they came in, nothing worked on yet. Makes the demo once; later calls only make a fresh API key for the env file.
// Gives what to print: links, users, where the key is.
std::string make_demo(store::Database& database, const Config& config, const usecases::Links& links, const std::string& env_file, bool json,
                      bool fresh);

}  // namespace roundtrip::demo
