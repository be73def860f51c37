// Who is pushed what by the demo carrier: subscriptions in the languages of UPS, USPS and EasyPost, and the pushes that follow. A
// subscription tells nothing of what was before it and ends after its time. Kept in memory. Thread-safe.
#pragma once
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "demo/world_book.hpp"

namespace roundtrip::demo {

// Where pushes go, and what proves them.
struct PushTarget {
  std::string url, secret;
};

class PushBook {
 public:
  PushBook(const WorldBook& world, std::int64_t day_us);

  // Set up at the carrier once for all numbers, as with UPS and EasyPost.
  void set_up(const std::string& tongue, const PushTarget& target);
  // Pushes what happens from now on, until `until`; again: a new life. Without a target it goes where it was set up. Gives its id.
  std::string subscribe(const std::string& tongue, const std::string& number, const PushTarget& target, Instant until, Instant now);
  // The id of a live subscription; "" without one.
  std::string live(const std::string& tongue, const std::string& number, Instant now) const;
  // Pushes what is new; what was not taken with a 2xx is pushed again the next time. Gives how many pushes were taken.
  int push(Instant now);

 private:
  struct Subscription {
    PushTarget target;
    std::string id;
    Instant until;
    std::set<std::string> told;  // events
  };
  using Key = std::pair<std::string, std::string>;  // tongue, number
  struct Parcel {
    Key key;
    PushTarget target;
    std::string id;
    std::set<std::string> told;
  };
  std::vector<Parcel> live_ones(Instant now);
  int push_one(const Parcel& parcel, Instant now);

  const WorldBook& world_;
  const std::int64_t day_us_;
  mutable std::mutex mutex_;
  std::map<std::string, PushTarget> set_up_;
  std::map<Key, Subscription> subscriptions_;
  std::mutex pushing_;  // one round at a time
};

}  // namespace roundtrip::demo
