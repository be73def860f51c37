// usecases::keep_house, once a minute.
#include "workers/housekeeper.hpp"

#include "usecases/housekeeping.hpp"

namespace roundtrip::workers {

std::unique_ptr<Loop> make_housekeeper(store::Database& db) {
  LoopOptions options;
  options.name = "housekeeper";
  options.pause_us = kMinute;
  options.pause_max_us = kMinute;
  return std::make_unique<Loop>(options, [&db](std::stop_token) { return usecases::keep_house(db, now()); });
}

}  // namespace roundtrip::workers
