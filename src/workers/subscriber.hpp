// The loops that ask carriers to push: one an account, so that a slow carrier holds up no other.
#pragma once
#include <memory>
#include <vector>

#include "usecases/push_subscriptions.hpp"
#include "workers/loop.hpp"

namespace roundtrip::workers {

std::vector<std::unique_ptr<Loop>> make_subscribers(store::Database& db, const Config& config, const usecases::Carriers& carriers);

}  // namespace roundtrip::workers
