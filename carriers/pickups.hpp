// Parcels that a carrier fetches at a door, through its API: pure request builders and reply parsers, as in shipping.hpp.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "carriers/shipping.hpp"

namespace roundtrip::carriers {

struct PickupOrder {
  std::string reference;  // ours; the same pick-up again carries the same one
  std::string number;     // tracking number of the parcel
  std::string label;      // the void_id of its bought label; empty: our own label
  Party from;
  std::string day;  // "2026-11-23", at the door
};

struct PickupReply {
  Trouble trouble = Trouble::none;
  std::string detail;  // the carrier's codes and words
  std::int64_t retry_after_us = 0;
  std::string id;            // what cancel_request and confirm_request want
  std::string confirmation;  // for the customer; empty: only offered, confirm_request books it
  std::string offer;         // what confirm_request wants beside the id
};

class Pickups {
 public:
  virtual ~Pickups() = default;
  virtual HttpRequest pickup_request(const CarrierAccount& account, const PickupOrder& order) const = 0;
  virtual PickupReply parse_pickup(const HttpOutcome& outcome) const = 0;
  // Only where pickup_request is answered with an offer: books it; and asks how one stands that may have been booked. parse_pickup reads
  // both answers.
  virtual HttpRequest confirm_request(const CarrierAccount&, std::string_view, std::string_view) const { return {}; }
  virtual HttpRequest state_request(const CarrierAccount&, std::string_view) const { return {}; }
  virtual HttpRequest cancel_request(const CarrierAccount& account, std::string_view id) const = 0;
  virtual VoidReply parse_cancel(const HttpOutcome& outcome) const = 0;
};

}  // namespace roundtrip::carriers
