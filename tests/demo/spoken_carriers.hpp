// The demo carrier and the real adapters that talk to it over sockets, at a time that the test sets.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "carriers/carrier.hpp"
#include "clients/curl_transport.hpp"
#include "demo/carrier_server.hpp"

namespace roundtrip::demo {

struct SpokenCarriers : testing::Test {
  using Json = nlohmann::json;
  Instant at = parse_rfc3339("2026-11-20T10:00:00Z").value();
  CarrierServer server{CarrierServerOptions{.key = "secret", .day_us = kDay, .good_percent = 100, .clock = [this] { return at; }}};
  clients::CurlTransport transport{{.allow_private_addresses = true, .idle_handles = 0}};  // a server ends when its connections do
  std::map<std::string, std::string> tokens;

  Json own(const std::string& path, const Json& body) {
    const auto outcome = transport.send(
        {.method = "POST", .url = server.url() + path, .headers = {{"Authorization", "Bearer secret"}}, .body = body.dump()});
    return outcome.response ? Json::parse(outcome.response->body) : Json();
  }
  carriers::CarrierAccount account(const std::string& name) {
    carriers::CarrierAccount made;
    made.carrier = name;
    made.base_url = server.url();
    made.key = name == "dhl" || name == "easypost" ? "secret" : "shop";
    made.secret = "secret";
    made.timeout_ms = 2000;
    made.token = tokens[name];
    return made;
  }
  carriers::TokenReply take_token(const std::string& name, const std::string& secret = "secret") {
    const auto* carrier = carriers::find_carrier(name);
    auto mine = account(name);
    mine.secret = secret;
    const auto reply = carrier->parse_token(transport.send(carrier->token_request(mine)));
    if (reply.trouble == carriers::Trouble::none) tokens[name] = reply.token;
    return reply;
  }
  carriers::TrackReply ask(const std::string& name, const std::vector<std::string>& numbers) {
    const auto* carrier = carriers::find_carrier(name);
    if (carrier->capabilities().needs_token && tokens[name].empty()) take_token(name);
    std::vector<carriers::TrackQuery> queries;
    for (const auto& number : numbers) queries.emplace_back().number = number;
    return carrier->parse_track(account(name), transport.send(carrier->track_request(account(name), queries)), queries);
  }
};

inline std::string status_of(const carriers::TrackedNumber& item) {
  return std::string(domain::to_text(domain::derive_status(item.events, item.headline).status));
}

}  // namespace roundtrip::demo
