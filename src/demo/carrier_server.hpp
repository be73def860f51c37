// The demo carrier as an HTTP server of its own: `roundtrip demo-carrier`, and in tests inside the process.
//
//   POST /v1/parcels   {number, reference, service, direction, weight_g, destination{country, city}, scenario?}
//                      201, or 200 for the same announcement again; another reference is a new life of the number
//   GET  /v1/track?numbers=A,B   {"parcels": [...]}, at most 50 numbers
//   POST /v1/pickups   {number, day, address{name, line1, postal_code, city, country}} under an Idempotency-Key: 201 {id, confirmation},
//                      200 for the same one again; DELETE /v1/pickups/{id} cancels it. In memory
//   POST /v1/control   {"number", "scenario"}: forces a story;
//                      {"mode": "rate_limit"|"error"|"slow"|"garbage"|"unauthorized"|"hang"|"half"|"cut"|"lost"|"none",
//                       "calls": N, "retry_after_s": S}: the next N calls that ask or buy (rate_limit with S = 0: without Retry-After;
//                       lost: a label is sold, voided or manifested, and the answer is cut off);
//                      {"tokens": "expire"}: every token given to a client is refused from now on;
//                      {"push": "ups"|"easypost", "url": U, "secret": S}: where that carrier pushes what is subscribed to
//   All need Authorization: Bearer <key>. What was announced and forced is kept in a file of JSON lines.
//   The same parcels are told in the languages of real carriers too, and labels are sold and news pushed in them: carrier_tongues.hpp.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/config.hpp"

namespace roundtrip::demo {

struct CarrierServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: any free one
  std::string key = "demo-key";
  std::string state_file;  // empty: kept in memory
  std::int64_t day_us = 20 * kSecond;
  int good_percent = 100;
  int fault_percent = 0;  // of calls that ask or buy
  int slow_ms = 3'000;
  std::int64_t token_life_us = kHour;
  std::function<Instant()> clock = roundtrip::now;
};

class CarrierServer {
 public:
  // Listens when constructed; throws std::runtime_error when the port is taken or the state cannot be read.
  explicit CarrierServer(CarrierServerOptions options);
  ~CarrierServer();
  CarrierServer(const CarrierServer&) = delete;
  CarrierServer& operator=(const CarrierServer&) = delete;
  int port() const;
  std::string url() const;  // "http://127.0.0.1:12345"
  int track_calls() const;
  int announcements() const;     // calls that made a new life
  int pickups_standing() const;  // booked and not canceled
  int labels_sold() const;
  // Pushes what is new to those who subscribed to it; gives how many pushes were taken. `roundtrip demo-carrier` does so all the time.
  int push();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Serves until SIGINT or SIGTERM; gives the exit code.
int run_demo_carrier(const Config& config, const std::string& state_file);

}  // namespace roundtrip::demo
