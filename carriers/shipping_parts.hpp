// What adapters that buy labels share: decoded documents, amounts, units, and texts cut to what a carrier takes.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "carriers/shipping.hpp"

namespace roundtrip::carriers {

inline constexpr std::size_t kMostLabelDocuments = 20;

// What the bytes are by their first ones, whatever a reply calls them: pdf, png, gif, zpl; empty for anything else.
std::string_view format_of(std::string_view bytes);
// A document that a reply carries in base64; nothing when it is no text, no base64 or no known kind of document.
std::optional<LabelDocument> label_document(LabelPart part, const nlohmann::json& encoded);

// An http or https address of a document; whether it may be fetched is for Shipping::document_request.
bool is_link(std::string_view url);

// At most that many characters (not bytes) of valid UTF-8.
std::string fitted(std::string_view text, std::size_t characters);
// Company before name, either cut to fit.
std::string display_name(const domain::Address& address, std::size_t characters);
// "Anna Maria Berg" -> "Anna Maria" and "Berg"; a single word is both.
std::pair<std::string, std::string> first_and_last_name(std::string_view name);
// A UUID (version 8, RFC 9562) that is the same for the same text: an idempotency key.
std::string uuid_of(std::string_view text);
// The digits of a phone number, at most fifteen; in North America without the country code.
std::string phone_digits(const domain::Address& address);
// Whether a customs declaration is needed between two countries; the EU is one territory, so are the United States with Puerto Rico.
bool crosses_customs(std::string_view from, std::string_view to);
// The countries of the EU's customs territory.
std::span<const std::string_view> customs_union();

// "25.00", "1200" (JPY): an amount of minor units as carriers write it, and back. Nothing for what is no exact amount.
std::string amount_text(std::int64_t minor, std::string_view currency);
std::optional<std::int64_t> minor_units(std::string_view amount, std::string_view currency);

// Weights and lengths rounded up: tenths of kilograms or pounds, whole centimeters or inches.
double kilograms(int grams);
double pounds(int grams);
int centimeters(int millimeters);
int inches(int millimeters);
// A number with one decimal: "2.5".
std::string one_decimal(double number);

// The day in UTC: "2026-11-20", or "20261120" without dashes.
std::string day_text(Instant at, bool dashes = true);
// What is in the box in a few words: the first content's description and how many more there are.
std::string contents_text(const LabelOrder& order, std::size_t characters);
std::int64_t contents_value(const LabelOrder& order);

}  // namespace roundtrip::carriers
