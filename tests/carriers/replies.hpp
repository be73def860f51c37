// What tests of every carrier need: replies, questions, and the hostile forms that each must survive.
#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "carriers/carrier.hpp"
#include "carriers/records.hpp"
#include "carriers/reply.hpp"

namespace roundtrip::carriers::test {

// Where ROUNDTRIP_TEST_FUZZ_SEEDS names a folder, what a carrier's tests answer is also kept there: what its fuzzer begins with.
void keep_as_seed(int status, const std::string& body);
// The same for a carrier that has no folder of tests.
void keep_as_seed_of(const Carrier& carrier, int status, const std::string& body);

inline HttpOutcome answer(int status, std::string body, Headers headers = {}) {
  keep_as_seed(status, body);
  return {HttpResponse{status, std::move(headers), std::move(body)}, {}};
}
inline std::vector<TrackQuery> ask(const std::vector<std::string>& numbers) {
  std::vector<TrackQuery> queries;
  for (const auto& number : numbers) queries.emplace_back().number = number;
  return queries;
}
inline const Api& api_of(const Carrier& carrier, std::string_view name) {
  for (const Api& api : carrier.apis()) {
    if (api.name == name) return api;
  }
  throw std::logic_error("no such API: " + std::string(name));
}
inline std::string header_of(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return "";
}
// The status that the item stands for.
inline std::string status_of(const TrackedNumber& item) {
  return std::string(domain::to_text(domain::derive_status(item.events, item.headline).status));
}

// A file of the shared material (carriers' specifications), or empty where that is not at hand.
std::string shared_file(const std::string& path);

// Feeds `good` (a reply that the API reads) to the API truncated at every place, with every value replaced by each other type, grown to
// ten megabytes, nested deeply, with bad UTF-8, and (XML) with an entity bomb: nothing may throw, hang or be taken for something else:
// what is refused as a whole has no items.
void survives_hostile_forms(const Api& api, const std::string& good);
// The same forms of a good JSON reply, one after the other, with HTTP 200 and 400, for whoever parses it: nothing may throw.
void survives_hostile_json(const std::string& good, const std::function<void(const HttpOutcome&)>& parse);

}  // namespace roundtrip::carriers::test
