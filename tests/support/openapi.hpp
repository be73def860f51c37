// Requests held against the OpenAPI documents of those we call (carriers, gateways), where those are at hand (ROUNDTRIP_TEST_DATA).
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/transport.hpp"

namespace roundtrip::test {

// A document below the shared data ("paypal/payments_payment_v2.json"); nothing where they are absent.
std::optional<nlohmann::json> shared_document(const std::string& path);
// carriers/specs/<name>, JSON or YAML ("fedex/ship-v1.json", "ups/Shipping.yaml"); nothing where the shared data are absent.
std::optional<nlohmann::json> specification(const std::string& name);
// YAML as OpenAPI documents use it: block mappings and lists, all scalars, flow lists; no anchors, no tags.
nlohmann::json yaml_document(const std::string& text);
// What is wrong with a value by a schema of that document, by "#/components/schemas/NAME": unknown and missing members, types, values
// of lists, lengths, patterns and bounds; of several alternatives the one that fits best counts.
std::vector<std::string> faults_of(const nlohmann::json& document, const std::string& schema, const nlohmann::json& value);

// The same for a whole request to an operation ("/orders" as the document spells it): its body, and the parameters of its query by name,
// by list of values, and whether one that is required is missing.
std::vector<std::string> request_faults(const nlohmann::json& document, const std::string& path, const HttpRequest& request);

}  // namespace roundtrip::test

namespace roundtrip::carriers::test {
using roundtrip::test::faults_of;
using roundtrip::test::request_faults;
using roundtrip::test::specification;
using roundtrip::test::yaml_document;
}  // namespace roundtrip::carriers::test
