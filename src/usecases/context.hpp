// What every use case is given: whose data, who acts, through which channel, and what time it is.
#pragma once
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace roundtrip::store {
class Database;
}

namespace roundtrip::usecases {

struct Actor {
  std::string channel = "worker";  // api floor desk customer carrier gateway worker import
  std::string name = "worker";     // key name, user, station, 'customer'
};

struct Context {
  store::Database& db;
  MerchantId merchant;
  Actor actor;
  Instant now;
  std::string request_key = {};  // the Idempotency-Key that this request has claimed; empty without one
};

}  // namespace roundtrip::usecases
