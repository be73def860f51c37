// A carrier's reply as a document that can be read without fear: bounded in size and depth, valid UTF-8, no DTDs; and readers that give
// an empty value for whatever is missing or of another type.
#pragma once
#include <memory>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/transport.hpp"

namespace roundtrip::carriers {

using Json = nlohmann::json;

inline constexpr std::size_t kMostReplyBytes = 4u << 20;  // more is refused unread
inline constexpr std::size_t kMostDepth = 48;
inline constexpr std::size_t kMostEvents = 500;  // of one number; more are cut, newest first
inline constexpr std::size_t kMostText = 500;    // bytes kept of a text

// A body, parsed. Exactly one of json and xml is there, or neither: then `fault` says why (in words).
struct Document {
  static Document of(std::string_view body);
  std::optional<Json> json;
  std::unique_ptr<pugi::xml_document> xml;
  std::string fault;
};

// What came back from one call.
struct Reply {
  int status = 200;
  const Headers& headers;
  std::string_view body;
  const Document& document;
  bool is_json() const { return document.json.has_value(); }
  bool is_xml() const { return document.xml != nullptr; }
  const Json& json() const;    // a null value when it is not JSON
  pugi::xml_node xml() const;  // the root element; empty when it is not XML
};

// --- JSON: a path is member names and array indexes joined by '/'; "" is the value itself.
const Json& at(const Json& json, std::string_view path);
// The text of a string; a number or a boolean as it would be written; cleaned (clean_text). Placeholders that samples and careless
// back ends send ("null", "string") are empty.
std::string text(const Json& json, std::string_view path = "");
// The members of a list; a single object counts as a list of one (several carriers send either); none for anything else.
std::vector<const Json*> list(const Json& json, std::string_view path = "");
// A JSON true, or the words "true", "Y", "yes" and "1" in any case.
bool flag(const Json& json, std::string_view path);
bool has(const Json& json, std::string_view path);  // there and not null

// --- XML: names without their prefix; a path is names joined by '/'.
pugi::xml_node at(pugi::xml_node node, std::string_view path);
std::vector<pugi::xml_node> list(pugi::xml_node node, std::string_view path);
std::string text(pugi::xml_node node, std::string_view path = "");
std::string attribute(pugi::xml_node node, const char* name);  // cleaned
std::string_view local_name(pugi::xml_node node);
// The first element of that name at any depth, in document order.
pugi::xml_node find(pugi::xml_node node, std::string_view name);
// A text as it stands between two tags of a request, or in double quotes.
std::string xml_escaped(std::string_view text);

// --- texts
bool is_utf8(std::string_view text);
// Blanks trimmed and joined, control characters and markup (<sup>, &#153;) removed, cut at a character within kMostText.
std::string clean_text(std::string_view text);
// "a, b, c" of what is not empty.
std::string joined(std::initializer_list<std::string_view> parts, std::string_view by = ", ");
// Grams of a weight and its unit as carriers write them (kg, kgs, g, lb, lbs, oz ...); nothing when either is not understood.
std::optional<int> grams(std::string_view value, std::string_view unit);
// Letters to upper case, everything but letters and digits dropped: how numbers are compared.
std::string plain_number(std::string_view number);

}  // namespace roundtrip::carriers
