// Which carrier and service a parcel goes with: a small rule table of weight, destination, promise and price.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace roundtrip::domain {

// A row of the table. Empty lists and zeros do not restrict.
struct Service {
  std::string carrier, account;
  std::string code;                    // the carrier's own; empty: what its adapter takes for usual
  std::string title;                   // as people say it: "UPS Standard"
  std::vector<std::string> orders;     // the service that the order asks for: "standard", "express"
  std::vector<std::string> countries;  // ISO 3166-1 alpha-2
  int from_g = 0, to_g = 0;            // weight of the parcel, both included
  int days = 0;                        // working days on the way; 0: not known, it is not held against the promise
  std::int64_t price = 0, kilo = 0;    // of a parcel, and of each kilogram begun; minor units of one currency for the whole table
  bool buys_label = false;             // through the carrier's API; else our own label and a number of ours, typed or scanned in
  bool operator==(const Service&) const = default;
};

struct ServiceFacts {
  std::string order_service, country;
  int weight_g = 0;
  std::optional<Instant> promised_at;  // when the customer was told to have it
  Instant ship_at;
  std::int64_t utc_offset_us = 0;  // of the warehouse: days are its days
};

// Why a row was not taken, or that it was.
enum class ServiceVerdict { taken, other_service, other_country, too_light, too_heavy, too_late, dearer };
std::string_view to_text(ServiceVerdict verdict);

struct ServiceChoice {
  std::optional<std::size_t> row;        // nothing: no row fits
  bool late = false;                     // none that fits keeps the promise: this is the fastest
  std::vector<ServiceVerdict> verdicts;  // of every row
};
// Of the rows that fit order, country and weight: the cheapest that keeps the promise; when none does, the fastest. Ties go to the fewer
// days, then to the cheaper, then to the earlier row.
ServiceChoice choose_service(std::span<const Service> table, const ServiceFacts& facts);

// What the parcel costs with it.
std::int64_t price_of(const Service& service, int weight_g);

}  // namespace roundtrip::domain
