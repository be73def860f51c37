// Documents and their readers.
#include "carriers/reply.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace roundtrip::carriers {
namespace {
const Json kNull;

// Depth of the brackets outside strings; the parser that follows judges everything else.
bool json_is_flat_enough(std::string_view body) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMostDepth) return false;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return true;
}

bool xml_is_flat_enough(const pugi::xml_document& document) {
  std::size_t depth = 0;
  pugi::xml_node node = document.first_child();
  while (node) {
    if (const auto child = node.first_child()) {
      if (++depth > kMostDepth) return false;
      node = child;
      continue;
    }
    while (node && !node.next_sibling() && depth > 0) {
      node = node.parent();
      --depth;
    }
    node = node.next_sibling();
  }
  return true;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

Document refused(std::string fault) {
  Document made;
  made.fault = std::move(fault);
  return made;
}

Document xml_document(std::string_view body) {
  // Entities of a DTD are how a kilobyte becomes a gigabyte; no carrier needs one.
  if (contains(body, "<!DOCTYPE") || contains(body, "<!ENTITY")) return refused("XML with a document type is refused");
  const auto head = body.starts_with("<?xml") ? body.substr(0, body.find("?>")) : "";
  const bool declares_other = contains(head, "encoding=") && !contains(head, "UTF-8") && !contains(head, "utf-8");
  if (!declares_other && !is_utf8(body)) return refused("not valid UTF-8");
  auto document = std::make_unique<pugi::xml_document>();
  const auto result = document->load_buffer(body.data(), body.size(), pugi::parse_default | pugi::parse_trim_pcdata);
  if (!result) return refused(std::string("XML that does not parse: ") + result.description());
  if (!document->document_element()) return refused("XML without an element");
  if (!xml_is_flat_enough(*document)) return refused("XML nested too deeply");
  Document made;
  made.xml = std::move(document);
  return made;
}

const Json& child(const Json& json, std::string_view name) {
  if (json.is_object()) {
    const auto found = json.find(name);
    return found == json.end() ? kNull : *found;
  }
  if (!json.is_array()) return kNull;
  std::size_t index = 0;
  const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), index);
  if (failed != std::errc{} || end != name.data() + name.size() || index >= json.size()) return kNull;
  return json[index];
}

bool equals_nocase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(x) == lower(y);
  });
}

// The end of a piece of markup that starts at `from` ("<b>", "&#153;", "&amp;"), or npos.
std::size_t markup_end(std::string_view text, std::size_t from) {
  const char open = text[from];
  const auto end = text.find(open == '<' ? '>' : ';', from);
  if (end == std::string_view::npos || end - from > (open == '<' ? 200u : 10u) || end == from + 1) return std::string_view::npos;
  const char next = text[from + 1];
  const bool letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
  return letter || next == '/' || next == '#' ? end : std::string_view::npos;
}
}  // namespace

Document Document::of(std::string_view body) {
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  if (body.size() > kMostReplyBytes) return refused("a reply of " + std::to_string(body.size()) + " bytes is refused");
  const auto first = body.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return refused("an empty reply");
  if (body[first] == '<') return xml_document(body.substr(first));
  if (body[first] != '{' && body[first] != '[') return refused("neither JSON nor XML");
  if (!json_is_flat_enough(body)) return refused("JSON nested too deeply");
  auto json = Json::parse(body.begin(), body.end(), nullptr, false);
  if (json.is_discarded()) return refused("JSON that does not parse");
  Document made;
  made.json = std::move(json);
  return made;
}

const Json& Reply::json() const { return document.json ? *document.json : kNull; }
pugi::xml_node Reply::xml() const { return document.xml ? document.xml->document_element() : pugi::xml_node(); }

const Json& at(const Json& json, std::string_view path) {
  const Json* value = &json;
  while (!path.empty()) {
    const auto slash = path.find('/');
    value = &child(*value, path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return *value;
}

std::string text(const Json& json, std::string_view path) {
  const Json& value = at(json, path);
  std::string out;
  if (value.is_string())
    out = clean_text(value.get_ref<const std::string&>());
  else if (value.is_number() || value.is_boolean())
    out = value.dump();
  if (out == "null" || out == "string") out.clear();
  return out;
}

std::vector<const Json*> list(const Json& json, std::string_view path) {
  const Json& value = at(json, path);
  std::vector<const Json*> out;
  if (value.is_object()) out.push_back(&value);
  if (value.is_array()) {
    for (const Json& one : value) out.push_back(&one);
  }
  return out;
}

bool flag(const Json& json, std::string_view path) {
  const std::string word = text(json, path);
  return equals_nocase(word, "true") || equals_nocase(word, "y") || equals_nocase(word, "yes") || word == "1";
}

bool has(const Json& json, std::string_view path) { return !at(json, path).is_null(); }

std::string_view local_name(pugi::xml_node node) {
  const std::string_view name = node.name();
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node at(pugi::xml_node node, std::string_view path) {
  while (node && !path.empty()) {
    const auto slash = path.find('/');
    const auto name = path.substr(0, slash);
    node = node.find_child([&](pugi::xml_node one) { return local_name(one) == name; });
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return node;
}

std::vector<pugi::xml_node> list(pugi::xml_node node, std::string_view path) {
  const auto slash = path.rfind('/');
  const auto parent = slash == std::string_view::npos ? node : at(node, path.substr(0, slash));
  const auto name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  std::vector<pugi::xml_node> out;
  for (const auto one : parent.children()) {
    if (one.type() == pugi::node_element && local_name(one) == name) out.push_back(one);
  }
  return out;
}

std::string text(pugi::xml_node node, std::string_view path) {
  const auto found = path.empty() ? node : at(node, path);
  const std::string_view raw = found.type() == pugi::node_element ? found.text().get() : found.value();
  return clean_text(raw);
}

std::string attribute(pugi::xml_node node, const char* name) { return clean_text(node.attribute(name).value()); }

pugi::xml_node find(pugi::xml_node node, std::string_view name) {
  return node.find_node([&](pugi::xml_node one) { return one.type() == pugi::node_element && local_name(one) == name; });
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (static_cast<unsigned char>(c) >= ' ')
      out += c;
  }
  return out;
}

namespace {
// Bytes of the character at the front; 0 when it is none. Table 3-7 of the Unicode Standard: shortest forms only, no surrogates, nothing
// above U+10FFFF.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xC2 && lead <= 0xDF ? 2 : lead >= 0xE0 && lead <= 0xEF ? 3 : lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
  if (length == 0) return 0;
  const unsigned second = byte(1);
  const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (second < low || second > high) return 0;
  for (std::size_t k = 2; k < length; ++k) {
    if ((byte(k) & 0xC0) != 0x80) return 0;
  }
  return length;
}

// XML may bring what is no character: a reference to a surrogate (&#xD800;), or bytes of an encoding it claims to be in.
void replace_what_is_no_character(std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto length = utf8_length(std::string_view(text).substr(i));
    out += length == 0 ? std::string_view("\xEF\xBF\xBD") : std::string_view(text).substr(i, length);
    i += std::max<std::size_t>(length, 1);
  }
  text = std::move(out);
}
}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string clean_text(std::string_view text) {
  std::string out;
  bool gap = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '<' || c == '&') {
      const auto end = markup_end(text, i);
      if (end != std::string_view::npos) {
        if (text.substr(i, end - i + 1) == "&amp;") out += '&';
        i = end;
        continue;
      }
    }
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7F') {
      gap = !out.empty();
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    out += c;
    if (out.size() > kMostText + 4) break;
  }
  if (!is_utf8(out)) replace_what_is_no_character(out);
  if (out.size() > kMostText) {
    std::size_t end = kMostText;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
    out.resize(end);
  }
  return out;
}

std::string joined(std::initializer_list<std::string_view> parts, std::string_view by) {
  std::string out;
  for (const auto part : parts) {
    if (part.empty()) continue;
    if (!out.empty()) out += by;
    out += part;
  }
  return out;
}

std::optional<int> grams(std::string_view value, std::string_view unit) {
  double amount = 0;
  const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), amount);
  if (failed != std::errc{} || end != value.data() + value.size()) return std::nullopt;
  struct Unit {
    std::string_view name;
    double grams;
  };
  static constexpr Unit kUnits[] = {{"kg", 1000},
                                    {"kgs", 1000},
                                    {"kilogram", 1000},
                                    {"kilograms", 1000},
                                    {"k", 1000},
                                    {"g", 1},
                                    {"gr", 1},
                                    {"gram", 1},
                                    {"grams", 1},
                                    {"lb", 453.59237},
                                    {"lbs", 453.59237},
                                    {"pound", 453.59237},
                                    {"pounds", 453.59237},
                                    {"oz", 28.349523125},
                                    {"ozs", 28.349523125},
                                    {"ounce", 28.349523125},
                                    {"ounces", 28.349523125}};
  for (const auto& known : kUnits) {
    if (!equals_nocase(known.name, unit)) continue;
    const double total = amount * known.grams;
    if (!(total > 0) || total > 100'000'000) return std::nullopt;
    return static_cast<int>(std::lround(total));
  }
  return std::nullopt;
}

std::string plain_number(std::string_view number) {
  std::string out;
  for (const char c : number) {
    if (c >= 'a' && c <= 'z')
      out += static_cast<char>(c - 32);
    else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
      out += c;
  }
  return out;
}

}  // namespace roundtrip::carriers
