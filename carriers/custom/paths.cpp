// JSON pointers and XPath.
#include "carriers/custom/paths.hpp"

#include <algorithm>
#include <optional>

namespace roundtrip::carriers::custom {
namespace {
constexpr std::string_view kEvery = "*";

// A step of a pointer with ~1 and ~0 undone; nothing when a tilde stands for nothing.
std::optional<std::string> unescaped(std::string_view step) {
  std::string out;
  for (std::size_t at = 0; at < step.size(); ++at) {
    if (step[at] != '~') {
      out += step[at];
      continue;
    }
    const char next = at + 1 < step.size() ? step[++at] : ' ';
    if (next != '0' && next != '1') return std::nullopt;
    out += next == '0' ? '~' : '/';
  }
  return out;
}

const Json* member_of(const Json& value, const std::string& step) {
  if (value.is_object()) {
    const auto found = value.find(step);
    return found == value.end() ? nullptr : &*found;
  }
  const bool digits = !step.empty() && step.size() < 7 && step.find_first_not_of("0123456789") == std::string::npos;
  if (!value.is_array() || !digits) return nullptr;
  const auto index = static_cast<std::size_t>(std::stoul(step));
  return index < value.size() ? &value[index] : nullptr;
}

void add_json(const Json& value, std::span<const std::string> steps, std::vector<Spot>& out) {
  if (steps.empty()) {
    out.push_back({&value, {}});
    return;
  }
  const auto rest = steps.subspan(1);
  if (steps.front() == kEvery && value.is_structured()) {
    for (const auto& one : value) add_json(one, rest, out);
  } else if (const auto* member = member_of(value, steps.front())) {
    add_json(*member, rest, out);
  }
}

// Names without prefixes; declarations of namespaces go.
struct WithoutPrefixes : pugi::xml_tree_walker {
  bool for_each(pugi::xml_node& node) override {
    if (node.type() != pugi::node_element) return true;
    if (const auto name = local_name(node); name.size() != std::string_view(node.name()).size()) node.set_name(std::string(name).c_str());
    for (auto one = node.first_attribute(); one;) {
      const auto next = one.next_attribute();
      const std::string_view name = one.name();
      const auto colon = name.rfind(':');
      if (name == "xmlns" || name.starts_with("xmlns:"))
        node.remove_attribute(one);
      else if (colon != std::string_view::npos)
        one.set_name(std::string(name.substr(colon + 1)).c_str());
      one = next;
    }
    return true;
  }
};
}  // namespace

std::string text_of(const Spot& spot) {
  if (spot.json != nullptr) return text(*spot.json);
  if (spot.xml.attribute()) return clean_text(spot.xml.attribute().value());
  return text(spot.xml.node());
}

std::optional<Path> Path::parse(std::string_view text, DocumentKind kind, std::string& fault) {
  Path path;
  if (kind == DocumentKind::xml) {
    try {
      path.query_ = std::make_shared<const pugi::xpath_query>(std::string(text).c_str());
    } catch (const pugi::xpath_exception& wrong) {
      fault = std::string("is no XPath: ") + wrong.what();
      return std::nullopt;
    }
    return path;
  }
  if (text.empty()) return path;
  if (text.front() != '/') {
    fault = "is no JSON pointer: one begins with '/' (or is empty: the whole)";
    return std::nullopt;
  }
  while (!text.empty()) {
    text.remove_prefix(1);
    const auto slash = text.find('/');
    auto step = unescaped(text.substr(0, slash));
    if (!step) {
      fault = "is no JSON pointer: '~' must be '~0', a '/' in a name '~1'";
      return std::nullopt;
    }
    path.steps_.push_back(std::move(*step));
    text = slash == std::string_view::npos ? std::string_view() : text.substr(slash);
  }
  return path;
}

std::vector<Spot> Path::all(const Spot& from) const {
  std::vector<Spot> out;
  if (from.json != nullptr && !query_) add_json(*from.json, steps_, out);
  if (query_ && (from.xml.node() || from.xml.attribute()) && query_->return_type() == pugi::xpath_type_node_set) {
    auto found = query_->evaluate_node_set(from.xml);
    found.sort();
    for (const auto& one : found) out.push_back({nullptr, one});
  }
  return out;
}

std::vector<Spot> Path::members(const Spot& from) const {
  auto found = all(from);
  if (!steps_.empty() && steps_.back() == kEvery) return found;
  std::vector<Spot> out;
  for (const auto& one : found) {
    if (one.json == nullptr)
      out.push_back(one);
    else
      for (const auto* member : list(*one.json)) out.push_back({member, {}});
  }
  return out;
}

std::string Path::text(const Spot& from) const {
  const bool computed = query_ && query_->return_type() != pugi::xpath_type_node_set;
  if (computed) return from.xml.node() ? clean_text(query_->evaluate_string(from.xml)) : std::string();
  for (const auto& one : all(from)) {
    if (auto said = text_of(one); !said.empty()) return said;
  }
  return "";
}

std::string first_text(const Paths& paths, const Spot& from) {
  for (const auto& path : paths) {
    if (auto said = path.text(from); !said.empty()) return said;
  }
  return "";
}

std::string joined_text(const Paths& paths, const Spot& from, std::string_view by) {
  std::vector<std::string> parts;
  for (const auto& path : paths) {
    if (auto said = path.text(from); !said.empty() && std::ranges::find(parts, said) == parts.end()) parts.push_back(std::move(said));
  }
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "" : std::string(by)) + part;
  return out;
}

Sheet::Sheet(const Reply& reply, DocumentKind kind) {
  if (kind == DocumentKind::json && reply.is_json()) {
    json_ = &reply.json();
    readable_ = true;
  }
  if (kind == DocumentKind::xml && reply.is_xml()) {
    xml_.reset(*reply.document.xml);
    WithoutPrefixes walker;
    xml_.traverse(walker);
    readable_ = true;
  }
}

Spot Sheet::root() const {
  if (json_ != nullptr) return {json_, {}};
  return {nullptr, pugi::xpath_node(xml_.root())};
}

}  // namespace roundtrip::carriers::custom
