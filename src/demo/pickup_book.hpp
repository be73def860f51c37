// The demo carrier's pick-ups: as strict as a real carrier's about parcel, day and door. In memory; thread-safe.
#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.hpp"

namespace roundtrip::demo {

struct PickupDoor {
  std::string name, line1, postal_code, city, country;
};
struct PickupCall {
  std::string key;      // the same key is the same pick-up
  std::string content;  // what was sent: another one under the same key is refused
  std::string day;
  PickupDoor door;
};
struct DemoPickup {
  std::string id, day;
  std::string confirmation;  // empty: offered, not booked
  bool canceled = false;
};
struct PickupAnswer {
  int status = 0;     // 201, 200 for the same one again; else a refusal
  std::string fault;  // of a refusal: its code
  DemoPickup pickup;
};

class PickupBook {
 public:
  // `known`: the parcel is a return that was announced.
  PickupAnswer book(const PickupCall& call, bool known, Instant now);
  // As `book`, without a key: each call is another offer, and nobody comes before it is taken up.
  PickupAnswer offer(const PickupCall& call, bool known, Instant now);
  std::optional<DemoPickup> find(const std::string& id) const;
  // Books what was offered. Nothing: nobody offered it, or it is booked or canceled already.
  std::optional<DemoPickup> take_up(const std::string& id);
  // Nothing: nobody knows it. Canceled before, it is canceled still.
  std::optional<DemoPickup> cancel(const std::string& id);
  std::size_t standing() const;  // booked and not canceled

 private:
  std::string fresh_serial() const;
  mutable std::mutex mutex_;
  std::map<std::string, DemoPickup> pickups_;                         // by id
  std::map<std::string, std::pair<std::string, std::string>> keyed_;  // key -> content and id
};

}  // namespace roundtrip::demo
